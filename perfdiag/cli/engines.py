"""The options of `profile` and `record` that choose what reads stacks."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from perfdiag.sampler.engines.choice import Choice

Function = TypeVar("Function", bound=Callable[..., Any])

_ENGINES = ("auto", "non-stop", "py-spy", "perf", "none")


def engine_options(function: Function) -> Function:
    """--engine, --blocking, --native."""
    options = [
        click.option(
            "--engine",
            type=click.Choice(_ENGINES),
            default="auto",
            show_default=True,
            help="What reads stacks; auto: perfdiag itself, py-spy where it cannot, perf where there is no"
            " Python; none: /proc alone.",
        ),
        click.option("--blocking", is_flag=True, help="py-spy: stop the target for each look."),
        click.option("--native", is_flag=True, help="py-spy, blocking: native frames too."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def chosen(engine: str, *, blocking: bool, native: bool, processes: int = 1) -> "Choice":
    """UsageError for what contradicts itself, and for an engine that is not there."""
    from perfdiag.sampler.engines.choice import choose

    return choose(engine, blocking=blocking, native=native, processes=processes)
