"""`perfdiag triage`: a round over the whole host."""

import signal
from types import FrameType
from typing import TYPE_CHECKING

import click

from perfdiag.cli.output import RECORDING, check_outputs, output_options, write_reports
from perfdiag.cli.streams import progress_of
from perfdiag.cli.target import duration_of
from perfdiag.errors import Exit, Missing, TargetError, UsageError, worst
from perfdiag.model import INTERRUPTED, TERMINATED

if TYPE_CHECKING:
    from perfdiag.triage.records import Triage

_LONGEST = 600.0  # seconds; all looks are kept in memory
_CODES = {INTERRUPTED: Exit.INTERRUPTED, TERMINATED: Exit.TERMINATED}


@click.command("triage")
@click.option(
    "-d",
    "--duration",
    callback=duration_of,
    default="10s",
    show_default=True,
    metavar="TIME",
    help="How long to look: 10, 10s, 2m.",
)
@click.option("--procfs", default="/proc", hidden=True)
@output_options
def command(
    duration: float,
    procfs: str,
    output: tuple[str, ...],
    format_name: str,
    quiet: bool,
    color: str,
) -> int:
    """Look at the whole host for ten seconds: which resources are saturated or fail, which processes are
    behind it, and which of them to profile next. Formats: terminal, json, brief.

    \b
    perfdiag triage
    perfdiag triage -d 30 -o triage.json
    sudo perfdiag triage        sees the files and disks of everybody's processes
    """
    import perfdiag.triage.reports as package

    if duration > _LONGEST:
        raise UsageError(
            "a triage takes ten minutes at most",
            cause="it is a look, not a watch",
            fix="`perfdiag daemon` watches the host for longer",
        )
    if any(path.endswith(RECORDING) for path in output):
        raise UsageError(
            "a triage cannot be recorded", cause="it is made of few looks", fix="use -o FILE.json"
        )
    check_outputs(output, format_name, package)
    found = _round(duration, procfs)
    written = write_reports(found, output, format_name, quiet=quiet, color=color, package=package)
    inconclusive = Exit.INCONCLUSIVE if found.verdict == "inconclusive" else Exit.OK
    return worst(_CODES.get(found.about.ended, Exit.OK), inconclusive, written)


def _round(duration: float, procfs: str) -> "Triage":
    """Look; Ctrl-C and SIGTERM end it early, and what was seen is told."""
    import perfdiag.collectors
    from perfdiag.analyzers import rules
    from perfdiag.host import Host
    from perfdiag.plugins import Collector, Rule, discover
    from perfdiag.triage.watch import Watch

    watch = Watch(Host(procfs=procfs), discover(perfdiag.collectors, Collector), discover(rules, Rule))

    def stop(number: int, _frame: FrameType | None) -> None:
        watch.stop(TERMINATED if number == signal.SIGTERM else INTERRUPTED)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    progress = progress_of(duration)
    try:
        return watch.run(duration, progress)
    except Missing as missing:
        raise TargetError(
            "no process can be seen", cause=str(missing), fix="mount -t proc proc /proc"
        ) from missing
    finally:
        progress(1.0)
        for number, handler in before.items():
            signal.signal(number, handler)
