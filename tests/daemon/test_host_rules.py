"""Host rules over a sliding window, with an analyzer and rules as a plug-in author would write them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
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
        if judged.add(snapshot(second, busy)):
            seen.append((second, bool(judged.evaluate())))
    fired = [second for second, found in seen if found]
    assert (True, True) == (95 <= fired[0] <= 105, 140 <= fired[-1] <= 145)
    assert {5} == {later - earlier for (earlier, _), (later, _) in pairwise(seen)}


def test_a_blip_of_a_second_is_no_finding_in_a_full_window() -> None:
    judged, found = rules(rule("host.load")), []
    for second in range(120):
        if judged.add(snapshot(second, float(second >= 90))) and second > 60:
            found += judged.evaluate()
    assert [] == found


def test_only_rules_for_the_host_are_asked() -> None:
    assert ("host.load",) == rules(rule("host.load"), rule("cpu.gil")).kinds


def test_a_rule_without_its_signals_is_not_evaluated() -> None:
    judged = rules(rule("host.load"), rule("host.gpu", needs=("gpu",)))
    judged.add(snapshot(0, 0.0))
    judged.add(snapshot(5, 0.0))
    assert () == judged.evaluate()
    assert ("host.gpu",) == judged.not_evaluated


def test_a_suspended_machine_starts_a_new_window() -> None:
    judged = rules(rule("host.load"))
    assert [False, True] == [judged.add(snapshot(second, second)) for second in (0, 5)]
    assert not judged.add(snapshot(1000, 1_000_000))
    assert judged.add(snapshot(1005, 1_000_000))
    assert () == judged.evaluate()


def test_ticks_that_jitter_do_not_thin_the_window() -> None:
    judged = rules(rule("host.load"))
    times = [second + (0.002 if second % 2 else -0.002) for second in range(61)]
    assert 12 == sum(judged.add(snapshot(at, 0.0)) for at in times)


def test_a_rule_that_fails_is_not_evaluated_and_the_others_are() -> None:
    def broken(_signals: Signals, _limits: Mapping[str, float]) -> Iterable[Draft]:
        raise ZeroDivisionError("a bug")

    judged = rules(replace(rule("host.bad"), diagnose=broken), rule("host.load"))
    judged.add(snapshot(0, 0))
    judged.add(snapshot(5, 5))
    assert ["host.load"] == [episode.kind for episode in judged.evaluate()]
    assert ("host.bad",) == judged.not_evaluated
