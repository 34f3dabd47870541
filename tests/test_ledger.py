from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfdiag.attribution.busy import Busy
from perfdiag.diagnosis import Claim, Draft, Severity
from perfdiag.ledger import Advice, Context, settle
from perfdiag.model import Estimate, Place, TimeClass
from perfdiag.plugins import Rule
from perfdiag.score import score, severity
from perfdiag.timetable import TimeKey
from perfdiag.units import Unit
from tests.recordings_made import Shop

BLOCKS = 40
WALL = 10.0
KINDS = {
    "cpu.hot-code": ("cpu", "utilization", ()),
    "cpu.gc": ("cpu", "utilization", ("cpu.hot-code",)),
    "cpu.gil": ("gil", "saturation", ()),
    "cpu.throttled": ("cgroup", "saturation", ("cpu.runqueue",)),
    "cpu.runqueue": ("scheduler", "saturation", ()),
    "net.peer-wait": ("network", "saturation", ()),
    "lock.contention": ("lock", "saturation", ()),
    "trend.disk": ("disk", "saturation", ()),
    "disk.leak": ("disk", "saturation", ("trend.disk",)),
}
RULES = {
    kind: Rule(
        kind=kind, resource=resource, aspect=aspect, help="", needs=(), limits=(), explains=explains,
        diagnose=lambda signals, limits: (),
    )
    for kind, (resource, aspect, explains) in KINDS.items()
}  # fmt: skip
SHOP = Shop()


def row(time, seconds, *, stack=SHOP.price, item=-1, group="workers"):
    """Seconds of a class, spread evenly over the window."""
    key = TimeKey(0, group, time, item, stack, -1)
    return key, np.full(BLOCKS, seconds / BLOCKS)


def context(*rows, cpus=4.0, health=1.0, seed=1):
    total = np.sum([seconds for _, seconds in rows], axis=0)
    return Context(
        busy=Busy(rows=rows, total=total, groups={}, turns={key: 99.0 for key, _ in rows}),
        stacks=SHOP.stacks, objects=SHOP.objects, rules=RULES,
        texts={kind: Advice(why="why", advice="do") for kind in RULES}, cpus=cpus, health=health,
        window=(0.0, WALL), measured="made", seed=seed,
    )  # fmt: skip


def draft(kind, share, *times, summary="", model="time", **claim):
    estimate = Estimate(value=share, low=share, high=share, unit=Unit.RATIO, n=BLOCKS)
    return Draft(
        kind=kind, subject="process:42", summary=summary or f"{kind}.", estimate=estimate,
        claim=Claim(times=frozenset(times), **claim), model=model, score=score(share, 0.1, 0.3),
        severity=severity(share, 0.1, 0.3, 0.7) or Severity.INFO,
        thresholds=(("share_notice", 0.1), ("share_warning", 0.3), ("share_critical", 0.7)),
    )  # fmt: skip


PYTHON, NETWORK, GIL, LOCK = TimeClass.PYTHON, TimeClass.NETWORK, TimeClass.GIL, TimeClass.LOCK
HOT, PEER = draft("cpu.hot-code", 0.4, PYTHON), draft("net.peer-wait", 0.6, NETWORK)


def test_findings_are_ranked_by_what_an_ideal_fix_gives_back():
    found = settle([HOT, PEER], context(row(PYTHON, 4.0), row(NETWORK, 6.0)))
    assert ["net.peer-wait", "cpu.hot-code"] == [one.kind for one in found]
    assert [0.6, 0.4] == [round(one.gain.value, 9) for one in found]


def test_of_two_that_give_back_as_much_the_wait_comes_before_the_work():
    found = settle([HOT, PEER], context(row(PYTHON, 5.05), row(NETWORK, 4.95)))
    assert ["net.peer-wait", "cpu.hot-code"] == [one.kind for one in found]


def test_what_is_undecided_comes_after_what_fired():
    weak = draft("lock.contention", 0.09, LOCK)
    found = settle([weak, PEER], context(row(NETWORK, 3.0), row(LOCK, 0.9), row(PYTHON, 6.1)))
    assert [("net.peer-wait", "fired"), ("lock.contention", "inconclusive")] == [
        (one.kind, one.verdict) for one in found
    ]


def test_the_same_time_is_claimed_once_and_the_other_becomes_a_symptom_with_the_reason():
    first = draft("net.peer-wait", 0.6, NETWORK, summary="load waits for the database.")
    again = draft("lock.contention", 0.55, NETWORK, LOCK, summary="Threads wait for a lock.")
    (found,) = settle([first, again], context(row(NETWORK, 6.0), row(LOCK, 0.5), row(PYTHON, 3.5)))
    assert "net.peer-wait" == found.kind
    assert (
        "lock.contention: Threads wait for a lock. The same time is claimed by net.peer-wait.",
    ) == found.symptoms


def test_who_loses_more_than_half_is_a_symptom_though_it_has_time_of_its_own():
    first, broad = draft("net.peer-wait", 0.51, NETWORK), draft("lock.contention", 0.5, NETWORK, LOCK)
    (found,) = settle([first, broad], context(row(NETWORK, 3.0), row(LOCK, 2.0), row(PYTHON, 5.0)))
    assert ("net.peer-wait", 1) == (found.kind, len(found.symptoms))


def test_who_loses_less_than_half_keeps_the_rest_and_is_judged_by_it():
    both = draft("net.peer-wait", 0.5, NETWORK)
    broad = draft("lock.contention", 0.49, NETWORK, LOCK)
    ledger = context(row(NETWORK, 2.0), row(LOCK, 2.9), row(PYTHON, 5.1))
    first, second = settle([both, broad], ledger)
    assert ("lock.contention", 0.29) == (first.kind, round(first.impact.value, 9))
    assert ("net.peer-wait", 0.2) == (second.kind, round(second.impact.value, 9))
    assert Severity.NOTICE == first.severity  # 29 % is under the limit of a warning, 49 % was over it


def test_a_cause_claims_before_its_consequence_however_small_it_is():
    stopped = draft("cpu.throttled", 0.2, TimeClass.THROTTLED, TimeClass.RUNQUEUE, model="capacity")
    queued = draft("cpu.runqueue", 0.6, TimeClass.RUNQUEUE, model="capacity")
    rows = (row(TimeClass.THROTTLED, 2.0), row(TimeClass.RUNQUEUE, 6.0), row(PYTHON, 2.0))
    (found,) = settle([queued, stopped], context(*rows))
    assert "cpu.throttled" == found.kind
    assert ["cpu.runqueue"] == [text.partition(":")[0] for text in found.symptoms]


def test_a_claim_is_narrowed_by_object_function_and_group():
    rows = (
        row(NETWORK, 3.0, stack=SHOP.load, item=SHOP.database),
        row(NETWORK, 2.0, stack=SHOP.load, item=SHOP.client),
        row(PYTHON, 3.0, stack=SHOP.price),
        row(PYTHON, 2.0, stack=SHOP.price, group="others"),
    )
    peer = draft("net.peer-wait", 0.3, NETWORK, objects=frozenset({"10.0.0.7:5432"}))
    hot = draft("cpu.hot-code", 0.3, PYTHON, functions=frozenset({"orders.py:price"}), group="workers")
    elsewhere = draft("cpu.gc", 0.2, PYTHON, functions=frozenset({"orders.py:load"}))
    found = {one.kind: round(one.impact.value, 9) for one in settle([peer, hot, elsewhere], context(*rows))}
    assert {"net.peer-wait": 0.3, "cpu.hot-code": 0.3} == found  # what matches no time is no finding


def test_a_claim_on_all_but_some_objects_leaves_those_to_others():
    rows = (
        row(NETWORK, 3.0, stack=SHOP.load, item=SHOP.database),
        row(NETWORK, 4.0, stack=SHOP.load, item=SHOP.client),
        row(NETWORK, 3.0, stack=SHOP.load),
    )
    name = frozenset({"10.0.0.7:5432"})
    drafts = [
        draft("net.peer-wait", 0.7, NETWORK, others=name, summary="its peers"),
        draft("net.peer-wait", 0.3, NETWORK, objects=name, summary="the database"),
    ]
    found = {one.summary: round(one.impact.value, 9) for one in settle(drafts, context(*rows))}
    assert {"its peers": 0.7, "the database": 0.3} == found


def test_eight_threads_that_wait_for_the_gil_on_two_cores_gain_a_factor_of_two():
    # 8 threads for 10 s: 10 s of Python in all, 70 s of waiting; on 2 cores it cannot take less than 5 s
    gil = draft("cpu.gil", 0.875, GIL)
    (found,) = settle([gil], context(row(PYTHON, 10.0), row(GIL, 70.0), cpus=2.0))
    assert pytest.approx(0.875) == found.impact.value
    assert pytest.approx(0.5) == found.gain.value
    assert found.gain.low <= found.gain.value <= found.gain.high


def test_with_cores_enough_the_gain_is_all_that_is_claimed():
    (found,) = settle([draft("cpu.gil", 0.875, GIL)], context(row(PYTHON, 10.0), row(GIL, 70.0), cpus=8.0))
    assert pytest.approx(0.875) == found.gain.value


def test_more_of_the_resource_is_not_capped_by_what_there_is():
    queued = draft("cpu.runqueue", 0.5, TimeClass.RUNQUEUE, model="capacity")
    (found,) = settle([queued], context(row(PYTHON, 20.0), row(TimeClass.RUNQUEUE, 20.0), cpus=2.0))
    assert (0.5, "capacity") == (round(found.gain.value, 9), found.gain_model)


def test_one_thread_is_never_held_back_by_the_cpus():
    (found,) = settle([PEER], context(row(PYTHON, 4.0), row(NETWORK, 6.0), cpus=0.5))
    assert pytest.approx(0.6) == found.gain.value


def test_a_kind_that_claims_no_time_stands_among_the_others_by_its_gain():
    trend = replace(draft("trend.disk", 0.5), claim=None, model="exhaustion")
    found = settle([PEER, HOT, trend], context(row(PYTHON, 4.0), row(NETWORK, 6.0)))
    assert ["net.peer-wait", "trend.disk", "cpu.hot-code"] == [one.kind for one in found]


def test_of_two_levels_the_one_that_explains_the_other_has_it_as_a_symptom():
    trend, leak = (replace(draft(kind, 0.5), claim=None) for kind in ("trend.disk", "disk.leak"))
    (found,) = settle([trend, leak], context(row(PYTHON, 4.0)))
    assert "disk.leak" == found.kind
    assert ("trend.disk: trend.disk. disk.leak explains it.",) == found.symptoms
    (alone,) = settle([trend], context(row(PYTHON, 4.0)))
    assert ("trend.disk", ()) == (alone.kind, alone.symptoms)


def test_a_level_is_as_sure_as_what_was_measured():
    level = replace(draft("trend.disk", 0.5), claim=None)
    sure, unsure = (
        settle([replace(level, confidence=confidence)], context(row(PYTHON, 4.0)))[0].confidence
        for confidence in (1.0, 0.4)
    )
    assert pytest.approx(0.4 * sure, abs=1e-3) == unsure


def test_a_claim_takes_all_of_its_classes_in_other_groups_as_well():
    claim = draft(
        "cpu.gc", 0.5, PYTHON, GIL, functions=frozenset({"x.py:none"}), or_groups=frozenset({"short"})
    )
    rows = (row(PYTHON, 2.0, group="short"), row(GIL, 2.0, group="short"), row(PYTHON, 6.0))
    (found,) = settle([claim], context(*rows))
    assert pytest.approx(0.4) == found.impact.value


def test_confidence_is_that_of_being_the_largest_and_less_when_ticks_are_missing():
    rows = (row(PYTHON, 2.0), row(NETWORK, 8.0, stack=SHOP.load))
    peer = located(88)
    first, second = settle([HOT, peer], context(*rows))
    assert ("net.peer-wait", "cpu.hot-code") == (first.kind, second.kind)
    assert 0.85 < first.confidence < 1.0
    assert 0.0 == second.confidence
    assert (
        pytest.approx(0.6 * first.confidence, rel=0.03)
        == settle([HOT, peer], context(*rows, health=0.6))[0].confidence
    )


def test_what_is_undecided_says_how_long_a_look_would_decide_it():
    key, _ = row(NETWORK, 1.0)
    bursts = np.zeros(BLOCKS)
    bursts[3:6] = 1.0
    found = settle([draft("net.peer-wait", 0.3, NETWORK)], context((key, bursts), row(PYTHON, 7.0)))
    assert [("inconclusive", True)] == [(one.verdict, one.needs > 0) for one in found]


def located(line, function="load", item=SHOP.database):
    return replace(
        PEER,
        where=Place(file="orders.py", function=function, line=line),
        object=SHOP.objects[item] if item is not None else None,
    )


def fingerprint(one):
    return settle([one], context(row(NETWORK, 6.0), row(PYTHON, 4.0)))[0].fingerprint


def test_a_finding_is_the_same_when_its_line_moves():
    assert fingerprint(located(88)) == fingerprint(located(91))
    assert fingerprint(located(88)) != fingerprint(located(88, function="save"))
    assert fingerprint(located(88)) != fingerprint(located(88, item=None))


def test_a_finding_is_the_same_when_its_peer_gets_another_address():
    moved = replace(SHOP.objects[SHOP.database], name="10.0.0.8:5432")
    assert fingerprint(located(88)) == fingerprint(replace(located(88), object=moved))


def test_a_finding_in_a_file_whose_name_is_no_text_has_a_fingerprint():
    assert fingerprint(located(88)) != fingerprint(located(88, function="\udcff"))


def test_nothing_to_claim_gives_nothing():
    assert () == settle([], context(row(PYTHON, 4.0)))
    assert () == settle([PEER], context(row(NETWORK, 0.0)))


TIMES = [PYTHON, NETWORK, GIL, LOCK, TimeClass.RUNQUEUE, TimeClass.THROTTLED, TimeClass.GC]
claims = st.builds(
    lambda kind, share, times: draft(kind, share, *times),
    st.sampled_from([kind for kind in KINDS if kind != "trend.disk"]),
    st.floats(0, 1),
    st.sets(st.sampled_from(TIMES), min_size=1),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(claims, max_size=6), st.lists(st.floats(0.01, 20), min_size=7, max_size=7), st.randoms())
def test_no_second_is_claimed_twice_and_the_order_of_the_rules_does_not_matter(drafts, seconds, random):
    ledger = context(*(row(time, weight) for time, weight in zip(TIMES, seconds, strict=True)))
    found = settle(drafts, ledger)
    assert sum(one.impact.value for one in found) <= 1 + 1e-9
    for one in found:
        assert 0 <= one.gain.value <= one.impact.value + 1e-12 or one.gain_model == "capacity"
        assert 0 <= one.confidence < 1
    assert sum(one.confidence for one in found) <= 1 + 1e-9
    assert len(drafts) == len(found) + sum(len(one.symptoms) for one in found)
    random.shuffle(drafts)
    assert found == settle(drafts, ledger)
