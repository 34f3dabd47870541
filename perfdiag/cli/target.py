"""What `profile` and `record` share: choosing the target, recording it, and the options of both."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from perfdiag.cli.choosing import choose, choosing_options
from perfdiag.cli.engines import chosen
from perfdiag.cli.streams import progress_of
from perfdiag.errors import Exit, TargetError, worst
from perfdiag.model import INTERRUPTED, TARGET_EXITED, TERMINATED, Meta
from perfdiag.recording import Recording
from perfdiag.text import printable

if TYPE_CHECKING:
    from perfdiag.collect import Collection
    from perfdiag.diagnosis import Contrast

Each = Callable[[Recording], object]
Function = TypeVar("Function", bound=Callable[..., Any])

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_LONGEST, _FASTEST = 24 * 3600.0, 1000.0
_LEAST_SECONDS, _LEAST_TICKS = 1.0, 100
_LEAST_BUDGET = 0.001  # of a core; the loop alone needs that at one look a second


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


def rate_of(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """'100' -> 100.0 Hz; a click callback."""
    try:
        rate = float(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a number", ctx, param) from None
    if not 1 <= rate <= _FASTEST:  # nor is NaN
        raise click.BadParameter(f"{value!r} is not from 1 to {_FASTEST:g} looks per second", ctx, param)
    return rate


def share_of(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """'1%' or '0.01' -> 0.01 of a core; a click callback."""
    text = value.strip()
    try:
        share = float(text.removesuffix("%")) * (0.01 if text.endswith("%") else 1.0)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a share such as 1% or 0.01", ctx, param) from None
    if not _LEAST_BUDGET <= share <= 1:
        raise click.BadParameter(f"{text!r} is not from {_LEAST_BUDGET:.1%} to 100%", ctx, param)
    return share


def target_options(function: Function) -> Function:
    """-p, --name, -s, -d, -r and what goes with them."""
    options = [
        click.option("-d", "--duration", callback=duration_of, default="10s", metavar="TIME",
                     help="How long to look: 10, 10s, 2m.  [default: 10s; at a command until it ends]"),
        click.option("-r", "--rate", callback=rate_of, default="100", show_default=True, metavar="HZ",
                     help="Looks per second."),
        click.option("--budget", callback=share_of, default="30%", show_default=True, metavar="SHARE",
                     help="Of one core, for looking: above it fewer looks are made, and it is told."),
        click.option("--user-code", multiple=True, metavar="GLOB",
                     help="Files that count as user code, besides all that is not installed. Repeatable."),
        click.option("--inspect-from", metavar="FILE|env:NAME",
                     help="Ask a PostgreSQL or Redis server what it does, twice: a file (chmod 600) or a"
                     " variable with its connection string; never the string itself."),
        click.option("--procfs", default="/proc", hidden=True),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return choosing_options(function)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options of `target_options` and `engine_options`, by their names."""

    pids: tuple[str, ...]
    name: str | None
    against_pid: str | None
    subprocesses: bool
    duration: float
    rate: float
    budget: float
    user_code: tuple[str, ...]
    inspect_from: str | None
    procfs: str
    engine: str
    blocking: bool
    native: bool


def attach_to(wanted: Wanted) -> "Collection":
    """A recording of what was chosen that is ready to run."""
    from perfdiag.collect import Collection
    from perfdiag.host import Host
    from perfdiag.inspection.source import source_of
    from perfdiag.meta import Plan

    host = Host(procfs=wanted.procfs)
    inspect = source_of(wanted.inspect_from, os.environ) if wanted.inspect_from is not None else None
    choice = choose(
        wanted.pids, wanted.name, host, against=wanted.against_pid, subprocesses=wanted.subprocesses
    )
    stacks = chosen(
        wanted.engine, blocking=wanted.blocking, native=wanted.native, processes=len(choice.targets)
    )
    plan = Plan(
        duration=_LONGEST if choice.command and not _said("duration") else wanted.duration,
        rate=wanted.rate,
        budget=wanted.budget,
        user_code=wanted.user_code,
        subprocesses=wanted.subprocesses,
        against=wanted.against_pid is not None,
        stacks=stacks,
        inspect=inspect,
    )
    return Collection(host, choice.targets, plan, choice.command)


def _said(option: str) -> bool:
    """Whether the user has given this option."""
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def record(collection: "Collection", each: Each = lambda _: None) -> Recording:
    """Record and detach; Ctrl-C and SIGTERM end it early and keep what there is. A command that was started
    for it gets the Ctrl-C of the terminal too, and decides for itself; one that runs on is told."""

    def stop(number: int, _frame: FrameType | None) -> None:
        collection.stop(TERMINATED if number == signal.SIGTERM else INTERRUPTED)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    progress = progress_of(collection.plan.duration)
    try:
        recording = collection.run(progress, each)
        if collection.command is not None and recording.meta.exit_status is None:
            click.echo(f"{printable(recording.meta.target)} runs on", err=True)
        return recording
    finally:
        progress(1.0)
        for number, handler in before.items():
            signal.signal(number, handler)


def check_enough(recording: Recording) -> None:
    """PerfdiagError when the run is no ground for any report: the target was gone at once, or the run was."""
    meta = recording.meta
    low, high = recording.window
    if meta.ended == TARGET_EXITED and (high - low < _LEAST_SECONDS or meta.cost.made < _LEAST_TICKS):
        raise TargetError(
            f"{meta.target} ended after {high - low:.1f} s and {meta.cost.made} looks",
            cause=f"less than {_LEAST_SECONDS:g} s or {_LEAST_TICKS} looks say nothing about a program",
            fix="start perfdiag earlier, or raise --rate for a short program",
        )
    if meta.cost.made == 0:
        faults = [fault.detail for snapshot in recording.snapshots for fault in snapshot.faults]
        error = TargetError(
            f"no look at {meta.target} was made",
            cause=meta.ended or "; ".join(faults) or "the time was too short",
            fix="look for longer; `perfdiag doctor` shows what is missing on this host",
        )
        error.exit = worst(error.exit, exit_code(meta, ""))
        raise error


def exit_code(meta: Meta, verdict: str) -> Exit:
    """The code of a run that made a report."""
    if meta.ended == INTERRUPTED:
        return Exit.INTERRUPTED
    if meta.ended == TERMINATED:
        return Exit.TERMINATED
    return Exit.INCONCLUSIVE if verdict == "inconclusive" else Exit.OK


def gate_code(contrast: "Contrast | None") -> Exit:
    """The code of a comparison of two processes."""
    codes = {"worse": Exit.GATE, "undecided": Exit.INCONCLUSIVE}
    return codes.get(contrast.verdict, Exit.OK) if contrast else Exit.OK
