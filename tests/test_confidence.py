from dataclasses import replace

import numpy as np
import pytest

from perfdiag.attribution.busy import Busy
from perfdiag.claims import Claimed
from perfdiag.confidence import SURE, Certainty, at_culprit, chances, independent, looks_at, unjudged_causes
from perfdiag.model import Place, TimeClass
from tests.test_ledger import NETWORK, PEER, RULES, SHOP, draft, located, row

FLAT = np.full(32, 0.25)
NOTHING = np.zeros(32)


def certainty(**known: float) -> float:
    return Certainty(
        **{"chance": 1.0, "rest": 0.0, "looks": 32.0, "made": 1.0, "at_culprit": 1.0} | known
    ).confidence


def chance_of(*gains: float) -> list[float]:
    """Claims of as many shares of the same eight seconds."""
    parts = np.array([FLAT * gain for gain in gains])
    return [float(one) for one in chances(parts, gains, seed=1)]


def test_a_cause_that_could_not_be_judged_makes_it_less_sure() -> None:
    doubtful = Certainty(
        chance=1.0, rest=0.0, looks=32.0, made=1.0, at_culprit=1.0, causes=("disk.saturated",)
    )
    assert doubtful.confidence < 0.8 < certainty()


def test_the_causes_of_a_kind_are_those_that_explain_it() -> None:
    assert ("cpu.throttled",) == unjudged_causes("cpu.runqueue", RULES, {"cpu.throttled", "cpu.gc"})
    assert () == unjudged_causes("net.peer-wait", RULES, {"cpu.throttled", "cpu.gc"})


def test_nothing_is_surer_than_the_best_diagnoses_are() -> None:
    assert 0.9 < certainty() < SURE < 1


@pytest.mark.parametrize(
    "worse", [{"chance": 0.5}, {"looks": 2.0}, {"made": 0.7}, {"at_culprit": 0.0}, {"rest": 2.0}]
)
def test_each_doubt_makes_it_less_sure(worse: dict[str, float]) -> None:
    assert certainty(**worse) < 0.9 * certainty()


def test_a_little_that_nothing_claims_is_no_doubt() -> None:
    assert certainty(rest=0.2) > 0.98 * certainty()


def test_a_claim_that_is_far_ahead_is_the_largest_each_time() -> None:
    assert [1.0, 0.0] == chance_of(0.7, 0.2)


def test_of_two_claims_that_attribution_cannot_tell_apart_each_may_be_the_largest() -> None:
    first, second = chance_of(0.5, 0.48)
    assert 0.5 < first < 0.85
    assert 1.0 == pytest.approx(first + second)


@pytest.mark.parametrize(
    ("part", "expected"),
    [(FLAT, 32.0), (np.eye(32)[0], 1.0), (np.repeat([1.0, 0.0], 16), 16.0), (NOTHING, 0.0)],
    ids=["evenly spread", "one burst", "half of the time", "never"],
)
def test_blocks_that_say_as_much(part, expected: float) -> None:
    assert expected == pytest.approx(independent(part))


@pytest.mark.parametrize(
    ("time", "ended", "expected"),
    [
        (NETWORK, 0.0, 0.25),
        (NETWORK, 3.0, 3.0),
        (NETWORK, 99.0, 40.0),
        (TimeClass.GIL, 0.0, 40.0),
        (TimeClass.FAULT, 0.0, 40.0),
    ],
    ids=["never", "a few times", "often", "no wait of its own", "of storage"],
)
def test_waits_say_as_much_as_have_ended(time: TimeClass, ended: float, expected: float) -> None:
    key, seconds = row(time, 5.0)
    busy = Busy(rows=((key, seconds),), total=seconds, groups={}, turns={key: ended})
    assert expected == pytest.approx(looks_at(Claimed(PEER, [0]), seconds, busy))


@pytest.mark.parametrize(("holder", "expected"), [(1, 40.0), (-1, 0.25)], ids=["seen", "not seen"])
def test_a_lock_that_somebody_has_is_not_waited_for_as_for_work(holder: int, expected: float) -> None:
    key, seconds = row(TimeClass.LOCK, 5.0)
    busy = Busy(rows=((key._replace(other=holder), seconds),), total=seconds, groups={})
    assert expected == pytest.approx(looks_at(Claimed(PEER, [0]), seconds, busy))


def part_of(one, *rows) -> float:
    total = np.sum([seconds for _, seconds in rows], axis=0)
    busy = Busy(rows=rows, total=total, groups={})
    return at_culprit(Claimed(one, list(range(len(rows)))), busy, SHOP.stacks, SHOP.objects)


def test_the_part_of_the_time_at_the_named_function_or_on_the_named_object() -> None:
    at_load = located(88, item=None)
    rows = (row(NETWORK, 3.0, stack=SHOP.load), row(NETWORK, 1.0, stack=SHOP.price))
    assert 0.75 == pytest.approx(part_of(at_load, *rows))
    on_database = located(88, function="elsewhere")
    assert 0.6 == pytest.approx(
        part_of(on_database, row(NETWORK, 3.0, item=SHOP.database), row(NETWORK, 2.0, item=SHOP.client))
    )


def test_where_no_culprit_was_seen_none_of_the_time_is_at_it() -> None:
    assert 0.0 == part_of(PEER, row(NETWORK, 3.0))


def test_what_is_done_to_a_thread_from_outside_needs_no_culprit() -> None:
    queued = draft("cpu.runqueue", 0.5, TimeClass.RUNQUEUE)
    assert 1.0 == part_of(queued, row(TimeClass.RUNQUEUE, 5.0))


def test_who_stood_in_the_way_is_a_culprit_too() -> None:
    key, seconds = row(TimeClass.LOCK, 4.0, stack=SHOP.load)
    held = key._replace(other=SHOP.reserved)
    by_holder = located(23, function="reserve", item=None)
    where = Place(file="stock.py", function="reserve", line=23)
    assert 1.0 == part_of(replace(by_holder, where=where), (held, seconds))
