"""`perfdiag selftest`: how often perfdiag is right, on this machine."""

from typing import TYPE_CHECKING

import click

from perfdiag.cli.streams import say
from perfdiag.cli.target import duration_of, record
from perfdiag.errors import Exit, UsageError
from perfdiag.model import INTERRUPTED, TERMINATED

if TYPE_CHECKING:
    from perfdiag.selftest.scoring import Outcome

_SHORTEST, _LONGEST = 2.0, 30.0  # seconds for each program
_CODES = {
    "passed": Exit.OK,
    "failed": Exit.GATE,
    "inconclusive": Exit.INCONCLUSIVE,
    INTERRUPTED: Exit.INTERRUPTED,
    TERMINATED: Exit.TERMINATED,
}


@click.command("selftest")
@click.option(
    "-d",
    "--duration",
    callback=duration_of,
    default="3s",
    show_default=True,
    metavar="TIME",
    help="How long to look at each program: 2s to 30s.",
)
@click.option(
    "-f",
    "--format",
    "format_name",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
    help="Format of standard output.",
)
def command(duration: float, format_name: str) -> int:
    """Start short programs with a known illness, or none, one after the other; say how often perfdiag is
    right about them on this machine, and what could not be judged. Less than a minute.

    \b
    exit 0  right about each program that could be judged
    exit 1  wrong about one or more
    exit 4  most programs could not be judged here
    """
    if not _SHORTEST <= duration <= _LONGEST:
        raise UsageError(
            f"{duration:g} s is not from {_SHORTEST:g} to {_LONGEST:g} s",
            cause="less says nothing about a program, and each ends by itself after a minute",
            fix="perfdiag selftest -d 5",
        )
    from perfdiag.host import Host
    from perfdiag.selftest.cases import CASES
    from perfdiag.selftest.reports import as_json, as_text, heading, row
    from perfdiag.selftest.running import Stopped, judge
    from perfdiag.selftest.scoring import totals

    host, told = Host(), say if format_name == "terminal" else _untold
    outcomes: list[Outcome] = []
    ended = ""
    told(heading())
    try:
        for case in CASES:
            outcomes.append(judge(case, host, duration, record))
            told(row(outcomes[-1]))
    except Stopped as stopped:
        ended = str(stopped)
    except KeyboardInterrupt:  # between two looks
        ended = INTERRUPTED
    say(as_text(outcomes, ended) if format_name == "terminal" else as_json(outcomes, ended))
    return _CODES[ended or totals(outcomes).verdict]


def _untold(_: str) -> None:
    """In place of `say`: a JSON document is one piece."""
