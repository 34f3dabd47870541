"""What every rule must do, run over all that are discovered."""

import importlib.resources
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perfdiag.analyzers.rules
from perfdiag.advice import sections
from perfdiag.diagnosis import Draft, Severity, Signal
from perfdiag.model import Estimate, Object, ObjectType, Place, TimeClass
from perfdiag.plugins import Rule, Signals, discover
from perfdiag.text import printable
from perfdiag.units import Unit

# The closed vocabulary of kinds and their resources: public names
VOCABULARY = {
    "cpu": ("cpu.hot-code", "cpu.kernel", "cpu.gc", "cpu.single-core", "asyncio.blocked-loop",
            "thread.churn", "host.runqueue"),
    "gil": ("cpu.gil",),
    "cgroup": ("cpu.throttled", "host.cgroup"),
    "scheduler": ("cpu.runqueue",),
    "memory": ("memory.leak", "memory.pressure", "memory.faults", "host.memory", "trend.memory"),
    "disk": ("disk.read", "disk.write", "disk.fsync", "disk.small-io", "disk.saturated", "host.disk"),
    "network": (
        "net.peer-wait", "net.connect", "net.dns", "net.send-wait", "net.accept-queue", "net.retransmit",
        "host.network",
    ),
    "lock": ("lock.contention", "pool.exhausted", "queue.backlog"),
    "fd": ("fd.exhaustion", "trend.fd", "host.files"),
    "child": ("child.wait",),
    "sleep": ("sleep",),
    "gpu": ("gpu.starved", "gpu.saturated", "gpu.sync"),
    "service": ("red.latency", "red.errors", "red.traffic"),
}  # fmt: skip
RESOURCE = {kind: resource for resource, kinds in VOCABULARY.items() for kind in kinds}
ASPECTS = {"utilization", "saturation", "errors", "rate", "duration"}

RULES = discover(perfdiag.analyzers.rules, Rule)
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind)

# What rules may be asked about: shares of busy time, and all that they say they need
SHARES = (
    *(f"time.{time}" for time in TimeClass),
    *(
        "cpu.function",
        "cpu.self",
        "gil.edge",
        "loop.blocked",
        "accept.serving",
        "accept.waiting",
        "tcp.again",
        "tcp.again.wait",
    ),
)
NEEDED = {name for rule in RULES for need in rule.needs for name in need.split(" or ")}
FACTS = tuple(sorted(NEEDED - set(SHARES)))

places = st.builds(
    Place,
    file=st.just("/srv/app/orders.py"),
    function=st.sampled_from(["load", "Cart.total", "<module>"]),
    line=st.integers(0, 400),
)
objects = st.builds(
    Object,
    id=st.just(0),
    type=st.sampled_from(list(ObjectType)),
    name=st.sampled_from(["10.0.0.7:5432", "/var/lib/x.db", "futex 0x7f00", ""]),
    service=st.sampled_from(["", "postgresql"]),
)


def defaults(rule: Rule) -> dict[str, float]:
    return {limit.name: limit.default for limit in rule.limits}


def signal(name: str, low: float, value: float, high: float, **more: Any) -> Signal:
    estimate = Estimate(value=value, low=low, high=high, unit=Unit.RATIO, n=40)
    return Signal(name=name, subject="process:42", estimate=estimate, **more)


@st.composite
def any_signals(draw: st.DrawFn) -> list[Signal]:
    """Signals of every name, or only of some, with any share and any gap in what is known."""
    found = []
    for name in draw(st.lists(st.sampled_from(SHARES + FACTS), max_size=12)):
        low, value, high = sorted(draw(st.tuples(*[st.floats(0, 1)] * 3)))
        where, other = draw(st.none() | places), draw(st.none() | places)
        found.append(
            signal(name, low, value, high, where=where, other=other, object=draw(st.none() | objects))
        )
    return found


def drafts(rule: Rule, signals: Sequence[Signal], limits: Mapping[str, float] | None = None) -> list[Draft]:
    return list(rule.diagnose(Signals(signals), defaults(rule) if limits is None else limits))


def test_there_are_rules() -> None:
    assert len(RULES) >= 10


@every_rule
def test_no_signal_gives_no_finding(rule: Rule) -> None:
    assert [] == drafts(rule, [])


@every_rule
def test_calm_signals_give_no_finding(rule: Rule) -> None:
    calm = [signal(name, 0.0, 0.01, 0.02) for name in SHARES + FACTS]
    assert [] == drafts(rule, calm)


@every_rule
@settings(max_examples=40, deadline=None)
@given(signals=any_signals())
def test_no_signals_make_a_rule_raise_or_say_half_a_thing(rule: Rule, signals: list[Signal]) -> None:
    for draft in drafts(rule, signals):
        assert rule.kind == draft.kind
        assert draft.subject.startswith("process:")
        assert draft.summary.endswith(".")
        assert draft.summary == printable(draft.summary)
        assert 0 <= draft.score <= 100
        assert draft.next
        assert draft.evidence
        assert {limit.name for limit in rule.limits} >= {name for name, _ in draft.thresholds}
        assert all(RESOURCE.get(one.kind, "") and one.kind != rule.kind for one in draft.against)


@every_rule
def test_a_rule_judges_the_bound_of_the_interval(rule: Rule) -> None:
    place = Place(file="/srv/app/orders.py", function="load", line=88)
    sure = drafts(rule, [signal(name, 0.96, 0.97, 0.98, where=place) for name in SHARES + FACTS])
    unsure = drafts(rule, [signal(name, 0.0, 0.97, 1.0, where=place) for name in SHARES + FACTS])
    assert Severity.NOTICE <= max(draft.severity for draft in sure)
    assert [] == [draft for draft in unsure if draft.severity >= Severity.NOTICE]


@every_rule
def test_a_kind_is_in_the_vocabulary(rule: Rule) -> None:
    assert RESOURCE[rule.kind] == rule.resource
    assert rule.aspect in ASPECTS
    assert set() == set(rule.explains) - RESOURCE.keys()
    assert rule.kind not in rule.explains
    assert rule.needs


@every_rule
def test_a_limit_says_why_it_is_that_number(rule: Rule) -> None:
    assert len(rule.limits) == len(defaults(rule))
    assert [] == [limit.name for limit in rule.limits if len(limit.why.split()) < 4]
    steps = [defaults(rule)[f"share_{step}"] for step in ("notice", "warning", "critical")]
    assert sorted(set(steps)) == steps


@every_rule
def test_a_kind_has_a_manual_and_advice(rule: Rule) -> None:
    found = sections(rule.kind)
    assert len(rule.help.split()) > 5
    assert found["Why it matters"]
    assert found["What to do"]
    assert [] == [
        title for title in found if title not in ("Why it matters", "What to do") and title[:5] != "With "
    ]


def test_no_advice_is_left_without_a_rule() -> None:
    folder = importlib.resources.files("perfdiag.analyzers.rules") / "advice"
    kinds = {rule.kind for rule in RULES}
    assert {f"{kind}.md" for kind in kinds} == {file.name for file in folder.iterdir() if file.is_file()}
    assert kinds >= {file.name for file in folder.iterdir() if file.is_dir()}
