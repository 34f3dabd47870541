"""The code that makes a process larger, from looks in quick succession while it grew (see sampler.close_up).

What was added between two looks was added by one of the functions met at either. Each has a rate, the same
in all looks that met it: a function that is met alone, and nothing is added, did not add what comes when
another is met as well. The rates are those that make what was seen most likely, by expectation maximisation
of a Poisson model (Shepp and Vardi, IEEE Trans. Med. Imaging 1, 1982). Code that runs comes before code that
waits: what it did is over by then.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from perfdiag.attribution.places import culprit, function_key
from perfdiag.model import Origin, Place, Stack

_ROUNDS = 100
_SEEN = 0.1  # of the growth was added while code was met at work; with less, what waits is asked too

Functions = tuple[str, ...]  # of user code, from the root to the leaf


class Met(NamedTuple):
    """Stacks, how often they were met, and what was added meanwhile; `work`: they were seen to run."""

    stacks: tuple[Stack, ...]
    work: bool
    looks: float
    grown: float


def growing(met: Sequence[Met]) -> Place | None:
    """The function of user code that adds most."""
    at_work = [one for one in met if one.work]
    grown, all_grown = (sum(one.grown for one in some) for some in (at_work, met))
    if grown <= 0 or grown < _SEEN * all_grown:
        at_work = []
    found = culprit(_added(at_work or met), callers=True)
    return found[0] if found else None


def _added(met: Sequence[Met]) -> list[tuple[Stack, float]]:
    """What each stack added: of each look the part of its function, among its stacks that were met."""
    looks = [(one, tuple(dict.fromkeys(map(_functions, one.stacks)))) for one in met]
    rates = _rates([(one.looks, one.grown, functions) for one, functions in looks])
    added = []
    for one, functions in looks:
        total = sum(rates[each] for each in functions)
        for stack in one.stacks:
            part = rates[_functions(stack)] / total if total > 0 else 0.0
            added.append((stack, one.grown * part / len(one.stacks)))
    return added


def _rates(rows: Sequence[tuple[float, float, tuple[Functions, ...]]]) -> dict[Functions, float]:
    """What each function adds in a look, from (looks, growth, functions that were met)."""
    exposure = defaultdict[Functions, float](float)
    for looks, _, functions in rows:
        for one in functions:
            exposure[one] += looks / len(functions)
    rates = dict.fromkeys(exposure, 1.0)
    for _ in range(_ROUNDS):
        taken = dict.fromkeys(exposure, 0.0)
        for _, grown, functions in rows:
            total = sum(rates[one] for one in functions)
            for one in functions:
                taken[one] += grown * rates[one] / total if total > 0 else 0.0
        rates = {one: taken[one] / max(exposure[one], 1.0) for one in exposure}
    return rates


def _functions(stack: Stack) -> Functions:
    return tuple(function_key(frame) for frame in reversed(stack.frames) if frame.origin is Origin.USER)
