"""`perfdiag baseline`: save sessions, judge new ones against them, compare two sides."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from perfdiag.cli.streams import say

DIRECTORY = click.option(
    "-b", "--baseline", "directory", required=True, type=click.Path(path_type=Path),
    help="Directory of the baseline, made to live in git.",
)  # fmt: skip
FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
SUITE = click.option("--suite", help="Name of the suite instead of the one that the format gives.")


def _gate_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option(
            "--format", "form", type=click.Choice(["terminal", "json"]), default="terminal",
            show_default=True, help="Format of the output.",
        ),
        click.option(
            "--strict", is_flag=True,
            help="Call regressed only what is certainly more than 1 % worse: for merge gates.",
        ),
        click.option(
            "--inconclusive", type=click.Choice(["fail", "pass"]), default="fail", show_default=True,
            help="Whether an undecided comparison exits with 4 or with 0.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def baseline() -> None:
    """Keep sessions of a benchmark or a service, and judge new ones against them.

    Exit codes: 0 nothing got worse, 1 regressed, 2 bad usage, 3 incomparable, 4 inconclusive.
    """


@baseline.command()
@DIRECTORY
@SUITE
@FILES
def save(directory: Path, suite: str | None, files: tuple[Path, ...]) -> None:
    """Append the sessions of FILES to the baseline; all of a suite or none."""
    from perfdiag.baseline import sources, store

    for name, sessions in sources.read_files(files, suite).items():
        total = store.append(directory, name, sessions)
        added = f"{len(sessions)} session{'s' * (len(sessions) > 1)}"
        click.echo(f"{name}: {added} saved, {total} in the baseline")


@baseline.command()
@DIRECTORY
@SUITE
@_gate_options
@FILES
def check(
    directory: Path, suite: str | None, files: tuple[Path, ...], inconclusive: str, strict: bool, form: str
) -> None:
    """Judge the sessions of FILES, as one new side, against the baseline."""
    from perfdiag.baseline import sources, store

    new = sources.read_files(files, suite)
    known = store.suites(directory)
    base = {name: store.load(directory, name) for name in new if name in known}
    _gate(base, new, inconclusive, strict, form)


@baseline.command()
@_gate_options
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
def diff(base: Path, new: Path, inconclusive: str, strict: bool, form: str) -> None:
    """Compare NEW with BASE; each is a file or a baseline directory."""
    from perfdiag.baseline import sources

    _gate(sources.read_path(base), sources.read_path(new), inconclusive, strict, form)


def _gate(base: Any, new: Any, inconclusive: str, strict: bool, form: str) -> None:
    """Prints the comparison and ends with its exit code."""
    from perfdiag.baseline import gate, table
    from perfdiag.baseline.verdict import Policy, exit_code

    judgements, notes = gate.judge_suites(base, new, Policy(strict=strict))
    code = exit_code(judgements, inconclusive_passes=inconclusive == "pass")
    text = table.as_json(judgements, notes, code) if form == "json" else table.terminal(judgements, notes)
    say(text)
    click.get_current_context().exit(int(code))
