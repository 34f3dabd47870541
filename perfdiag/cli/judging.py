"""The options of the analysis, for `profile` and `report`."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from perfdiag.options import Options, check, parse_setting

Function = TypeVar("Function", bound=Callable[..., Any])


def judging_options(function: Function) -> Function:
    """--any, --set, --only, --skip."""
    options = [
        click.option("--any", "everything", is_flag=True, help="Judge threads without pressure too."),
        click.option("--set", "settings", multiple=True, metavar="RULE.LIMIT=VALUE", help="Change a limit."),
        click.option("--only", multiple=True, metavar="KIND", help="Judge these kinds only. Repeatable."),
        click.option("--skip", multiple=True, metavar="KIND", help="Leave these kinds out. Repeatable."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def make_options(
    everything: bool, settings: tuple[str, ...], only: tuple[str, ...], skip: tuple[str, ...]
) -> Options:
    """UsageError when a kind or a limit does not exist: before anything is measured."""
    options = Options(
        everything=everything,
        settings=tuple(parse_setting(text) for text in settings),
        only=frozenset(only),
        skip=frozenset(skip),
    )
    if options.only or options.skip or options.settings:
        # the engine is slow to import and not needed before the look, unless there is something to check
        from perfdiag.engine import rules

        check(options, rules())
    return options
