from dataclasses import replace

from perfdiag.analyzers.rules.thread_churn import SPEC
from perfdiag.model import TimeClass
from perfdiag.units import Unit
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

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
