"""What `profile` and `record` share: choosing the target, recording it, and the options of both."""

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from perfdiag.errors import Exit, TargetError
from perfdiag.model import Meta
from perfdiag.recording import Recording

if TYPE_CHECKING:
    from perfdiag.collect import Collection

Each = Callable[[Recording], None]
Function = TypeVar("Function", bound=Callable[..., Any])

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_LONGEST, _FASTEST = 24 * 3600.0, 1000.0
_LEAST_SECONDS, _LEAST_TICKS = 1.0, 100


def duration_of(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """'10', '10s', '1.5m' -> seconds; a click callback."""
    text = value.strip()
    number = text.rstrip("smh")
    try:
        seconds = float(number) * _UNITS[text[len(number) :]]
    except (ValueError, KeyError):
        raise click.BadParameter(f"{text!r} is not a duration such as 10, 10s or 2m", ctx, param) from None
    if not 0 < seconds <= _LONGEST:
        raise click.BadParameter(f"{text!r} is not more than zero and at most a day", ctx, param)
    return seconds


def target_options(function: Function) -> Function:
    """-p, -d, -r and what goes with them."""
    options = [
        click.option("-p", "--pid", required=True, metavar="PID", help="Process to look at."),
        click.option(
            "-d",
            "--duration",
            callback=duration_of,
            default="10s",
            show_default=True,
            metavar="TIME",
            help="How long to look: 10, 10s, 2m.",
        ),
        click.option(
            "-r",
            "--rate",
            type=click.FloatRange(1, _FASTEST),
            default=100.0,
            show_default=True,
            metavar="HZ",
            help="Looks per second.",
        ),
        click.option(
            "--user-code",
            multiple=True,
            metavar="GLOB",
            help="Files that count as user code, besides all that is not installed. Repeatable.",
        ),
        click.option("--procfs", default="/proc", hidden=True),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def attach_to(
    pid: str, duration: float, rate: float, user_code: tuple[str, ...], procfs: str
) -> "Collection":
    """A recording of the target that is ready to run."""
    from perfdiag.collect import Collection, Plan
    from perfdiag.host import Host
    from perfdiag.host.process import attach

    host = Host(procfs=procfs)
    return Collection(host, attach(pid, host), Plan(duration=duration, rate=rate, user_code=user_code))


def record(collection: "Collection", duration: float, each: Each = lambda _: None) -> Recording:
    """Record and detach; Ctrl-C and SIGTERM end it early and keep what there is. TargetError when the
    target was gone before anything could be said of it."""

    def stop(number: int, _frame: FrameType | None) -> None:
        collection.stop("terminated" if number == signal.SIGTERM else "interrupted")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        recording = collection.run(_progress(duration), each)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    low, high = recording.window
    _check_enough(recording.meta, high - low)
    return recording


def _progress(duration: float) -> Callable[[float], None]:
    """A line on the terminal that says how far the look is; nothing when stderr is not one."""
    if not sys.stderr.isatty():
        return lambda _: None

    def show(done: float) -> None:
        end = "\r\x1b[K" if done >= 1 else ""
        click.echo(f"\rlooking: {done * duration:.0f} of {duration:.0f} s{end}", nl=False, err=True)

    return show


def _check_enough(meta: Meta, seconds: float) -> None:
    if meta.ended == "target exited" and (seconds < _LEAST_SECONDS or meta.cost.made < _LEAST_TICKS):
        raise TargetError(
            f"{meta.target} ended after {seconds:.1f} s and {meta.cost.made} looks",
            cause=f"less than {_LEAST_SECONDS:g} s and {_LEAST_TICKS} looks say nothing about a program",
            fix="start perfdiag earlier, or raise --rate for a short program",
        )
    if meta.cost.made == 0:
        raise TargetError(
            f"no look at {meta.target} was made",
            cause=meta.ended or "the sampler did not start",
            fix="run `perfdiag doctor` to see what is missing",
        )


def exit_code(meta: Meta, verdict: str) -> Exit:
    """The code of a run that made a report."""
    if meta.ended == "interrupted":
        return Exit.INTERRUPTED
    if meta.ended == "terminated":
        return Exit.TERMINATED
    return Exit.INCONCLUSIVE if verdict == "inconclusive" else Exit.OK
