"""The kinds of plug-in, and how they are found.

A plug-in is one file with a docstring (its manual), pure functions and one `SPEC`. Adding one touches that
file, its test and the CHANGELOG: `discover` imports every public module of a package and takes its SPEC.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeVar

from perfdiag.case import Case, Recognised
from perfdiag.diagnosis import Draft, Signal
from perfdiag.host import Host
from perfdiag.model import Meta, Object, Process, Sample, Slice, Snapshot, Stack, Thread
from perfdiag.peer_time import PeerTime
from perfdiag.timetable import TimeTable
from perfdiag.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Reads raw counters and gauges once a second.

    `scope` 'host': `collect(host, None)`; 'process': `collect(host, pid)` for each process of the target.
    What it yields before it raises `Missing` is kept; the rest of the snapshot goes on.
    """

    name: str
    help: str
    scope: str
    collect: Callable[[Host, int | None], Iterable[Sample]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One fold step: a snapshot, the slices of the time since the one before, and what they refer to.

    `processes`, `threads`, `objects` and `stacks` only ever grow; ids are indices. `table` holds all slices
    up to now, this step's included; `peers` what was seen of the other ends of waits.
    """

    snapshot: Snapshot
    slices: Sequence[Slice]
    processes: Sequence[Process]
    threads: Sequence[Thread]
    objects: Sequence[Object]
    stacks: Sequence[Stack]
    table: TimeTable
    peers: PeerTime = field(default_factory=PeerTime)


@dataclass(frozen=True, slots=True)
class Last:
    """State of an analyzer that needs no more than the last step, whose table holds all of the time."""

    meta: Meta
    step: Step | None = None

    def take(self, step: Step) -> "Last":
        return Last(self.meta, step)

    @property
    def subject(self) -> str:
        """What the signals of the whole program are about."""
        first = self.step.processes[0].pid if self.step and self.step.processes else "?"
        return self.meta.subject or f"process:{first}"

    @property
    def pressed_only(self) -> bool:
        """Whether only groups of threads under pressure count (no `--any`)."""
        return ("any", "1") not in self.meta.options


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyzer:
    """A fold over steps: `step` returns the next state, `signals` is pure. Folding in pieces equals folding
    at once."""

    name: str
    help: str
    start: Callable[[Meta], Any]
    step: Callable[[Any, Step], Any]
    signals: Callable[[Any, float], tuple[Signal, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number that a rule compares with: its default, and why it is that number."""

    name: str
    default: float
    unit: Unit
    why: str


class Signals:
    """The signals of a moment, by name."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        self._by_name: dict[str, list[Signal]] = {}
        for signal in signals:
            self._by_name.setdefault(signal.name, []).append(signal)

    def all(self, name: str, **labels: str) -> list[Signal]:
        """Signals of this name, with these labels, in the order they were made."""
        return [
            signal
            for signal in self._by_name.get(name, ())
            if all(signal.label(key) == value for key, value in labels.items())
        ]

    def first(self, name: str, **labels: str) -> Signal | None:
        return next(iter(self.all(name, **labels)), None)

    def largest(self, name: str, **labels: str) -> Signal | None:
        """The one with the largest value: of what each process has, that of the process that has most."""
        return max(self.all(name, **labels), key=lambda signal: signal.estimate.value, default=None)

    def value(self, name: str, default: float = 0.0, **labels: str) -> float:
        found = self.first(name, **labels)
        return default if found is None else found.estimate.value

    def __contains__(self, name: str) -> bool:
        return name in self._by_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of finding. `needs` are the names of signals without which it cannot judge (then it is listed
    as not evaluated); of 'A or B' one is enough. `explains` are the kinds that are its consequences: it
    claims time before them, and what they still claim of the same slices becomes its symptom."""

    kind: str
    resource: str
    aspect: str  # utilization, saturation, errors | rate, errors, duration
    help: str
    needs: tuple[str, ...]
    limits: tuple[Limit, ...]
    explains: tuple[str, ...]
    diagnose: Callable[[Signals, Mapping[str, float]], Iterable[Draft]]

    def missing(self, signals: Signals) -> tuple[str, ...]:
        """What it needs and is not there."""
        return tuple(need for need in self.needs if not any(name in signals for name in need.split(" or ")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A shape that findings of some `kinds` may have. `recognise` is pure; None: it does not apply. It says
    more about a finding and never changes its kind."""

    name: str
    help: str
    kinds: tuple[str, ...]
    recognise: Callable[[Case, Signals], Recognised | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format of reports, or of triages. `render` is pure; it gives bytes where the format is `binary`,
    which is never written to a terminal."""

    name: str
    help: str
    suffixes: tuple[str, ...]
    render: Callable[[Any], str | bytes]
    binary: bool = False


Spec = TypeVar("Spec", Collector, Analyzer, Rule, Pattern, Format)


def discover(package: ModuleType, kind: type[Spec]) -> tuple[Spec, ...]:
    """The SPEC of every public module of `package`, in the order of the module names.

    Raises TypeError when a module has no SPEC of this kind, ValueError when two share a name.
    """
    found: dict[str, Spec] = {}
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if module_info.name.startswith("_") or module_info.ispkg:
            continue
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        spec = getattr(module, "SPEC", None)
        if not isinstance(spec, kind):
            raise TypeError(f"{module.__name__} has no SPEC of type {kind.__name__}")
        name = spec.kind if isinstance(spec, Rule) else spec.name
        if name in found:
            raise ValueError(f"two plug-ins are called {name}")
        found[name] = spec
    return tuple(found.values())
