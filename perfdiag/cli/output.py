"""Where reports go: standard output in one format, files chosen by their suffix."""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

import click

import perfdiag.reports
from perfdiag.cli.streams import say, tell
from perfdiag.errors import Exit, PerfdiagError, UsageError, worst
from perfdiag.host.files import check_writable, write_atomically
from perfdiag.plugins import Format, discover

Function = TypeVar("Function", bound=Callable[..., Any])
Arguments = ParamSpec("Arguments")

RECORDING, COMPRESSED = ".perfdiag", ".gz"


def output_options(function: Function) -> Function:
    """-o, -f, -q, --color."""
    options = [
        click.option(
            "-o",
            "--output",
            multiple=True,
            metavar="FILE",
            help="Write a report too; the format by its suffix (.json, .md, .sarif, ...; with .gz compressed;"
            " .perfdiag keeps the recording). Repeatable.",
        ),
        click.option("-f", "--format", "format_name", default="terminal", show_default=True, metavar="FORMAT",
                     help="Format of standard output; `perfdiag list` shows them."),
        click.option("-q", "--quiet", is_flag=True, help="Nothing on standard output."),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
                     help="Colour on the terminal (NO_COLOR is honoured)."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def formats(package: ModuleType = perfdiag.reports) -> dict[str, Format]:
    """The formats of reports, or those of another package, by name."""
    return {one.name: one for one in discover(package, Format)}


def check_outputs(outputs: tuple[str, ...], format_name: str, package: ModuleType = perfdiag.reports) -> None:
    """UsageError before anything is measured, when an output cannot be made."""
    known = formats(package)
    if format_name not in known:
        raise UsageError(
            f"there is no format {format_name!r}",
            cause="formats are plug-ins",
            fix=f"one of: {', '.join(sorted(known))}",
        )
    if known[format_name].binary and sys.stdout.isatty():
        raise UsageError(
            f"{format_name} is not for a terminal",
            cause="it is a binary format",
            fix=f"write a file, -o run{known[format_name].suffixes[0]}, or redirect the output",
        )
    for path in outputs:
        if not path.endswith(RECORDING):
            format_of(path, known)
        check_writable(path)


def format_of(path: str, known: dict[str, Format]) -> Format:
    """The format whose suffix the path has, the longest first; a text may have .gz behind it."""
    fitting = [
        (len(suffix), one)
        for one in known.values()
        for suffix in one.suffixes
        if path.endswith(suffix) or (not one.binary and path.endswith(suffix + COMPRESSED))
    ]
    if not fitting:
        suffixes = sorted({suffix for one in known.values() for suffix in one.suffixes})
        raise UsageError(
            f"the format of {path!r} is not known",
            cause="the format of a file is chosen by its suffix",
            fix=f"use one of: {', '.join([*suffixes, RECORDING])}; texts may end with {COMPRESSED}",
        )
    return max(fitting, key=lambda pair: (pair[0], pair[1].name))[1]


def write_reports(
    report: object,
    outputs: tuple[str, ...],
    format_name: str,
    *,
    quiet: bool,
    color: str,
    package: ModuleType = perfdiag.reports,
) -> Exit:
    """Render to standard output and to every file that is not a recording, in formats of `package`. One that
    fails is told and costs none of the others; the code is that of the worst failure."""
    known = formats(package)
    codes = [
        attempt(write_atomically, path, _content(path, format_of(path, known).render(report)))
        for path in outputs
        if not path.endswith(RECORDING)
    ]
    if not quiet:
        rendered = known[format_name].render(report)
        if isinstance(rendered, str) and format_name == "terminal" and _coloured(color):
            from perfdiag.reports._colours import colourise

            rendered = colourise(rendered)
        codes.append(attempt(say, rendered))
    return worst(*codes)


def _content(path: str, rendered: str | bytes) -> str | bytes:
    """What the file holds: a text is compressed where the path asks for it."""
    if isinstance(rendered, bytes) or not path.endswith(COMPRESSED):
        return rendered
    import gzip

    return gzip.compress(rendered.encode("utf-8"), mtime=0)


def attempt(write: Callable[Arguments, object], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Exit:
    """Call it; a PerfdiagError is told and becomes its code."""
    try:
        write(*args, **kwargs)
    except PerfdiagError as error:
        return tell(error)
    return Exit.OK


def _coloured(choice: str) -> bool:
    import os

    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
