from dataclasses import replace

import pytest

from perfdiag.diagnosis import Severity, Signal
from perfdiag.model import Cost, Estimate, Thread
from perfdiag.plugins import Rule, Signals
from perfdiag.stats.means import Mean
from perfdiag.undecided import (
    TASKS,
    enough,
    may_be_ill,
    more_time,
    needed,
    too_short,
    unranked,
    unread_tasks,
    verdict,
)
from perfdiag.units import Unit
from tests.examples import FULL, PEER_WAIT
from tests.recordings_made import STDLIB, Shop, wait

LIMITS = (("share_notice", 0.1), ("share_warning", 0.3), ("share_critical", 0.7))


def doubtful(value: float, low: float, seconds: float = 10.0):
    """A finding whose interval holds its limit of a tenth."""
    impact = Estimate(value=value, low=low, high=1.0, unit=Unit.RATIO, n=40)
    return replace(
        PEER_WAIT, impact=impact, verdict="inconclusive", severity=Severity.INFO, thresholds=LIMITS,
        window=(0.0, seconds), gain_model="time", needs=0.0,
    )  # fmt: skip


def looked(made: int, planned: int, duration: float = 1.0):
    cost = Cost(sampler_cpu=0, parent_cpu=0, planned=planned, made=made, stacks=0, torn=0, retried=0)
    return replace(FULL.meta, cost=cost, duration=duration)


@pytest.mark.parametrize(
    ("value", "low", "expected"),
    [
        (0.3, 0.0, 12.5),  # the bound has to come from 0.3 to 0.2 away: (3/2)^2 of the time
        (0.3, 0.08, 2.1),
        (0.11, 0.05, 350.0),
        (0.11, 0.02, 0.0),  # 800 s: it lies at its limit, and no look will tell
        (0.1, 0.05, 0.0),
        (0.05, 0.0, 0.0),
    ],
)
def test_an_interval_narrows_with_the_root_of_the_time(value: float, low: float, expected: float) -> None:
    assert expected == pytest.approx(more_time(doubtful(value, low)), abs=0.1)


def test_what_fired_needs_no_more_time() -> None:
    assert 0.0 == more_time(replace(doubtful(0.3, 0.0), verdict="fired"))


def test_a_level_needs_no_more_time() -> None:
    assert 0.0 == more_time(replace(doubtful(0.3, 0.0), gain_model="level"))


def test_a_share_that_may_be_worth_a_warning_leaves_a_report_inconclusive() -> None:
    assert [True, False] == [may_be_ill(doubtful(value, 0.05)) for value in (0.3, 0.29)]
    assert "inconclusive" == verdict([doubtful(0.3, 0.05)])
    assert "healthy" == verdict([doubtful(0.29, 0.05)])
    assert "healthy" == verdict([])


def test_what_fired_makes_a_report_of_findings_whatever_is_in_doubt() -> None:
    assert "findings" == verdict([doubtful(0.5, 0.05), PEER_WAIT])


@pytest.mark.parametrize(
    ("made", "planned", "expected"),
    [(60, 100, True), (59, 100, False), (50, 50, False), (600, 1000, True), (599, 1000, False)],
)
def test_looks_enough_are_most_of_those_planned_and_not_few(made: int, planned: int, expected: bool) -> None:
    assert expected == enough(looked(made, planned))


def test_a_look_that_was_too_short_says_how_much_is_missing() -> None:
    assert 1.0 == needed([], looked(50, 50, 0.5))  # half a second, and never less than one
    assert 4.0 == needed([], looked(20, 20, 1.0))


def test_on_a_host_without_time_for_looks_another_whole_look_is_needed() -> None:
    assert 10.0 == needed([], looked(100, 1000, 10.0))


def test_a_report_needs_what_its_doubtful_findings_need() -> None:
    doubts = [replace(doubtful(0.4, 0.0), needs=7.8), replace(doubtful(0.2, 0.0), needs=30.0)]
    assert 7.8 == needed(doubts, looked(1000, 1000))


def test_of_too_few_looks_nothing_is_claimed() -> None:
    (one,) = unranked([PEER_WAIT])
    assert ("inconclusive", Severity.INFO, 0.0) == (one.verdict, one.severity, one.confidence)


def readings(number: int) -> Signals:
    """A level of a disk, read so many times."""
    mean = Mean()
    for _ in range(number):
        mean = mean.take(0.9, 1.0)
    estimate = mean.estimate(Unit.RATIO, (0.0, float(number)))
    return Signals([Signal(name="use.disk.utilization", subject="host", estimate=estimate)])


RULE = Rule(
    kind="disk.saturated", resource="disk", aspect="saturation", help="", limits=(), explains=(),
    needs=("time.busy", "use.disk.utilization or use.other"), diagnose=lambda signals, limits: (),
)  # fmt: skip


@pytest.mark.parametrize(("number", "expected"), [(1, True), (2, True), (3, False), (8, False)])
def test_a_level_that_was_read_twice_is_too_little_to_judge_by(number: int, expected: bool) -> None:
    assert expected == too_short(RULE, readings(number))


def test_what_was_not_read_at_all_is_missing_and_not_too_little() -> None:
    assert not too_short(RULE, Signals([]))


def with_loop(runtime: str, *frames: str):
    """The recording of a program that waits on this stack."""
    shop = Shop()
    shop.thread(1, wait(100, "epoll_wait", shop.stack(*frames)), main=True)
    recording = shop.recording()
    recording.processes = [replace(recording.processes[0], runtime=runtime)]
    return recording


LOOP = (f"{STDLIB}/selectors.py:468 EpollSelector.select", f"{STDLIB}/asyncio/base_events.py:1 _run_once")


def test_what_tasks_wait_for_is_not_evaluated_where_they_cannot_be_read():
    told = list(unread_tasks(with_loop("CPython 3.11.7", *LOOP), [PEER_WAIT]))
    assert {TASKS} == {one.missing for one in told}
    kinds = {one.kind for one in told}
    assert "pool.exhausted" in kinds
    assert "net.peer-wait" not in kinds  # some of it was seen


@pytest.mark.parametrize(("runtime", "frames"), [("CPython 3.14.0", LOOP), ("CPython 3.11.7", LOOP[:1])])
def test_where_tasks_are_read_or_there_is_no_loop_nothing_is_missing(runtime, frames):
    assert [] == list(unread_tasks(with_loop(runtime, *frames), []))


def test_where_a_task_was_read_nothing_is_missing():
    recording = with_loop("", *LOOP)
    recording.threads.append(Thread(process=0, tid=2, name="task", main=False, loop=1))
    assert [] == list(unread_tasks(recording, []))
