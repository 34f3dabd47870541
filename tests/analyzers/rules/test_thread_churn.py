from dataclasses import replace

import pytest

from perfdiag.analyzers.rules.thread_churn import SPEC
from perfdiag.model import TimeClass
from perfdiag.units import Unit
from tests.analyzers.rules.signals_made import CHILD, LOAD, said, share, verdicts

LABELS = (
    ("functions", "/usr/lib/python3.11/threading.py:Thread.start"),
    ("groups", "Event.wait (threading.py)"),
)
COST = share("churn.share", 0.6, where=LOAD, labels=LABELS)


def births(rate):
    signal = share("churn.births", rate)
    return replace(signal, estimate=replace(signal.estimate, unit=Unit.PER_SECOND))


def test_making_threads_takes_the_time():
    (found,) = said(SPEC, COST, births(300))
    assert (
        "Starting and ending short-lived threads, 300/s, takes 60 % of the busy time; load (orders.py:88)"
        " makes them." == found.summary
    )
    (found,) = said(SPEC, COST)
    assert found.summary.startswith("Starting and ending short-lived processes takes 60 % of the busy time;")
    assert frozenset({"/usr/lib/python3.11/threading.py:Thread.start"}) == found.claim.functions
    assert frozenset({"Event.wait (threading.py)"}) == found.claim.or_groups
    assert {TimeClass.GIL, TimeClass.KERNEL} < found.claim.times
    assert TimeClass.CHILD not in found.claim.times


def test_threads_too_short_lived_to_be_seen_are_counted_by_the_host():
    host = replace(births(4000), name="processes.births")
    assert ["warning"] == verdicts(SPEC, COST, births(3), host)
    assert [] == verdicts(SPEC, COST, births(3), replace(births(10), name="processes.births"))


def test_a_program_that_starts_a_thread_now_and_then():
    assert [] == verdicts(SPEC, COST, births(3))
    assert [] == verdicts(SPEC, share("churn.share", 0.05), births(300))


def children(**labels):
    told = {"group": "main thread", "function": "/srv/shop/orders.py:load"}
    told |= {"ended": "500", "life": "0.0015"} | labels
    return share("churn.children", 0.7, where=LOAD, labels=tuple(told.items()))


HOST = replace(births(600), name="processes.births")
USED = share("process.children.cpu", 0.3)


def test_waiting_for_children_that_live_for_milliseconds_is_the_cost_of_making_them():
    (found,) = said(SPEC, children(), HOST, USED)
    assert (
        "Starting and ending processes that live for 1.50 ms takes 70 % of the busy time; load (orders.py:88)"
        " forks and waits for 500/s of them." == found.summary
    )
    assert frozenset({"/srv/shop/orders.py:load"}) == found.claim.functions
    assert {TimeClass.CHILD, TimeClass.KERNEL, TimeClass.FAULT, TimeClass.RUNQUEUE} == found.claim.times


def test_of_code_that_is_not_known_the_waits_for_the_children_are_claimed():
    (found,) = said(SPEC, replace(children(function=""), where=None, object=CHILD), HOST, USED)
    assert (frozenset(), frozenset({CHILD.name})) == (found.claim.functions, found.claim.objects)
    assert {TimeClass.CHILD} == found.claim.times


@pytest.mark.parametrize(
    "signals",
    [
        (children(life="0.02"), HOST, USED),  # they do something
        (children(ended="20"), HOST, USED),
        (children(), replace(births(30), name="processes.births"), USED),  # one child that answers
        (children(), HOST, share("process.children.cpu", 0.0)),
        (children(), HOST),
        (children(), USED),
    ],
)
def test_children_that_are_few_or_work_or_stay_are_not_churn(signals):
    assert [] == said(SPEC, *signals)
