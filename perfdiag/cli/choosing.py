"""Choosing what to look at: processes by number or name, or a command that is started for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from perfdiag.errors import Missing, TargetError, UsageError
from perfdiag.text import printable

if TYPE_CHECKING:
    from perfdiag.host import Host
    from perfdiag.host.command import Command
    from perfdiag.host.process import Target

Function = TypeVar("Function", bound=Callable[..., Any])

_MOST = 32  # processes in one look
_COMMAND = "perfdiag.command"
_WAYS = "use one of -p PID, --name REGEX, or -- CMD ARGS..."


class LookCommand(click.Command):
    """A verb after whose `--` stands a command with options of its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        at = args.index("--") if "--" in args else len(args)
        ctx.meta[_COMMAND] = tuple(args[at + 1 :])
        if at == len(args) - 1:
            raise click.UsageError("there is no command after --", ctx)
        return super().parse_args(ctx, args[:at])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "[-- CMD ARGS...]"]


def choosing_options(function: Function) -> Function:
    """-p, --name, --against-pid, -s."""
    options = [
        click.option(
            "-p", "--pid", "pids", multiple=True, metavar="PID",
            help="Process to look at; several by commas, or repeated.",
        ),
        click.option("--name", metavar="REGEX", help="Processes by their name or command line."),
        click.option(
            "--against-pid", metavar="PID",
            help="Compare this process with the one of -p, in the same looks: exit 1 when it is worse.",
        ),
        click.option(
            "-s", "--subprocesses", is_flag=True,
            help="All that they have started, and will start, too: one program.",
        ),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, held; `command` where it was started for it."""

    targets: "list[Target]"
    command: "Command | None" = None


def choose(
    pids: tuple[str, ...], name: str | None, host: "Host", *, against: str | None, subprocesses: bool
) -> Choice:
    """UsageError when nothing, or more than one way was used; TargetError when there is no such process."""
    words = click.get_current_context().meta.get(_COMMAND, ())
    if against is not None and name is None and not words:
        return Choice(_pair(pids, against, host, subprocesses))
    ways = [
        way
        for way, used in (
            ("-p", pids),
            ("--against-pid", against),
            ("--name", name is not None),
            ("-- CMD", words),
        )
        if used
    ]
    if len(ways) != 1:
        raise UsageError(
            f"{' and '.join(ways)} contradict each other" if ways else "nothing to look at was chosen",
            cause="a look has one way of choosing its target",
            fix=_WAYS,
        )
    if words:
        return _started(words, host)
    return Choice(_named(name, host, subprocesses) if name is not None else _numbered(pids, host))


def _pair(pids: tuple[str, ...], against: str, host: "Host", subprocesses: bool) -> "list[Target]":
    """The process of -p, and the one that is compared with it."""
    numbers = [number for text in (*pids, against) for number in text.split(",")]
    if len(pids) != 1 or len(numbers) != 2 or subprocesses or numbers[0] == numbers[1]:
        raise UsageError(
            "--against-pid compares one process with another",
            cause="each of the two is one process, without those that it has started",
            fix="perfdiag profile -p 4711 --against-pid 4712",
        )
    return _numbered((*pids, against), host)


def _started(words: tuple[str, ...], host: "Host") -> Choice:
    from perfdiag.host.command import Command
    from perfdiag.host.process import attach

    command = Command(words)
    return Choice([attach(command.pid, host)], command)


def _numbered(pids: tuple[str, ...], host: "Host") -> "list[Target]":
    from perfdiag.host.process import attach

    numbers = list(dict.fromkeys(number.strip() for text in pids for number in text.split(",")))
    if len(numbers) > _MOST:
        raise UsageError(
            f"{len(numbers)} processes are too many", cause=f"one look takes {_MOST}", fix="choose fewer"
        )
    return [attach(number, host) for number in numbers]


def _named(name: str, host: "Host", subprocesses: bool) -> "list[Target]":
    from contextlib import closing

    from perfdiag.host.inspector import Inspector
    from perfdiag.host.process import attach
    from perfdiag.host.search import matching, topmost

    try:
        pattern = re.compile(name)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(
            f"--name {printable(name, 80)!r} is not a regular expression", cause=str(error), fix=_WAYS
        ) from error
    try:
        with closing(Inspector(host.procfs)) as inspector:
            found = matching(pattern, host, inspector)
    except Missing as error:
        raise TargetError("processes cannot be listed", cause=str(error), fix="use -p PID") from error
    found = topmost(found) if subprocesses else found
    if len(found) > _MOST:
        raise UsageError(
            f"--name {printable(name, 80)!r} fits {len(found)} processes",
            cause=f"one look takes {_MOST}",
            fix="use a narrower expression, or -p PID with -s for a process and all that it has started",
        )
    targets, refused = [], None
    for one in found:
        try:
            targets.append(attach(one.pid, host))
        except TargetError as error:
            refused = error  # it has ended, or is a thread of the kernel
    if refused and not targets:
        raise refused
    if not targets:
        raise TargetError(
            f"no process fits --name {printable(name, 80)!r}",
            cause="neither the name nor the command line of any process that can be seen has a match",
            fix="`pgrep -af NAME` shows what there is",
        )
    return targets
