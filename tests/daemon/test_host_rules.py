"""Host rules over a sliding window, with an analyzer and rules as a plug-in author would write them."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from perfdiag.daemon.host_rules import HostRules
from perfdiag.diagnosis import Draft, Severity, Signal
from perfdiag.model import Estimate, Kind, Meta, Sample, Snapshot
from perfdiag.plugins import Analyzer, Limit, Rule, Signals, Step
from perfdiag.units import Unit

META = Meta(
    run_id="r", version="0", started=0, hostname="h", kernel="k", cpus=2, target="host", duration=0, rate=1
)
Points = tuple[tuple[float, float], ...]


def estimate(value: float) -> Estimate:
    return Estimate(value=value, low=value, high=value, unit=Unit.RATIO, n=1)


def step(state: Points, part: Step) -> Points:
    return (*state, *((part.snapshot.at, s.value) for s in part.snapshot.samples))


def signals(state: Points, _now: float) -> tuple[Signal, ...]:
    """The growth of the counter per second over all that was folded."""
    if len(state) < 2:
        return ()
    rate = (state[-1][1] - state[0][1]) / (state[-1][0] - state[0][0])
    return (Signal(name="load", subject="host", estimate=estimate(rate)),)


def diagnose(found: Signals, limits: Mapping[str, float]) -> Iterable[Draft]:
    for signal in found.all("load"):
        if signal.estimate.low >= limits["busy"]:
            yield Draft(
                kind="host.load", subject="host", summary="busy", estimate=signal.estimate, claim=None,
                severity=Severity.WARNING, score=80.0,
            )  # fmt: skip


def rule(kind: str, needs: tuple[str, ...] = ("load",)) -> Rule:
    limit = Limit(name="busy", default=0.8, unit=Unit.RATIO, why="a test")
    return Rule(
        kind=kind, resource="cpu", aspect="utilization", help="", needs=needs, limits=(limit,), explains=(),
        diagnose=diagnose,
    )  # fmt: skip


def rules(*kinds: Rule) -> HostRules:
    analyzer = Analyzer(name="load", help="", start=lambda _meta: (), step=step, signals=signals)
    return HostRules(META, analyzer, kinds)


def snapshot(at: float, value: float) -> Snapshot:
    sample = Sample(name="busy", value=value, unit=Unit.SECONDS, kind=Kind.COUNTER)
    return Snapshot(at=at, wall=at, samples=(sample,))


def test_a_finding_comes_and_goes_with_the_window() -> None:
    judged, seen, busy = rules(rule("host.load")), [], 0.0
    for second in range(200):
        busy += 1.0 if 50 <= second < 130 else 0.0
        judged.add(snapshot(second, busy))
        if judged.due(second):
            seen.append((second, bool(judged.evaluate(second))))
    fired = [second for second, found in seen if found]
    assert (95 <= fired[0] <= 105, 140 <= fired[-1] <= 145) == (True, True)
    assert {5} == {later - earlier for (earlier, _), (later, _) in pairwise(seen)}


def test_only_rules_for_the_host_are_asked() -> None:
    assert ("host.load",) == rules(rule("host.load"), rule("cpu.gil")).kinds


def test_a_rule_without_its_signals_is_not_evaluated() -> None:
    judged = rules(rule("host.load"), rule("host.gpu", needs=("gpu",)))
    for second in range(6):
        judged.add(snapshot(second, 0.0))
    assert () == judged.evaluate(5)
    assert ("host.gpu",) == judged.not_evaluated


def test_a_suspended_machine_starts_a_new_window() -> None:
    judged = rules(rule("host.load"))
    for second in range(10):
        judged.add(snapshot(second, second))
    judged.add(snapshot(1000, 1_000_000))
    assert not judged.due(1000)
    judged.add(snapshot(1001, 1_000_000))
    assert () == judged.evaluate(1001)


def test_a_rule_that_fails_is_not_evaluated_and_the_others_are() -> None:
    def broken(_signals: Signals, _limits: Mapping[str, float]) -> Iterable[Draft]:
        raise ZeroDivisionError("a bug")

    bad = rule("host.bad")
    bad = Rule(**{name: getattr(bad, name) for name in bad.__slots__} | {"diagnose": broken})
    judged = rules(bad, rule("host.load"))
    for second in range(6):
        judged.add(snapshot(second, second))
    assert ["host.load"] == [episode.kind for episode in judged.evaluate(5)]
    assert ("host.bad",) == judged.not_evaluated
