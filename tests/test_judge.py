from dataclasses import replace

import pytest

from perfdiag.diagnosis import Claim, Severity
from perfdiag.judge import (
    ALTERNATIVES,
    CONFUSED,
    against,
    claim_of,
    in_function_of,
    joined,
    name_of,
    object_name,
    pid_of,
    share_limits,
    time_draft,
    total,
)
from perfdiag.model import Object, ObjectType, Place, TimeClass
from perfdiag.plugins import Signals
from tests.analyzers.rules.signals_made import LOAD, PRICE, share

LIMITS = {limit.name: limit.default for limit in share_limits(0.1, 0.3, 0.7, "an example")}


def draft(signal, *others):
    return time_draft(
        signal, Signals([signal, *others]), LIMITS, kind="net.peer-wait", summary="It waits.", next_step="ss",
        claim=Claim(times=frozenset({TimeClass.NETWORK})),
    )  # fmt: skip


def test_the_limits_are_in_order_and_say_why():
    limits = share_limits(0.1, 0.3, 0.7, "an example")
    assert ["share_notice", "share_warning", "share_critical"] == [limit.name for limit in limits]
    assert all(limit.why for limit in limits)


def test_a_share_under_the_limit_is_no_draft():
    assert None is draft(share("time.network", 0.0999, 0.05, 0.5))


@pytest.mark.parametrize(
    ("low", "expected", "points"),
    [
        (0.05, Severity.INFO, 12),
        (0.1, Severity.NOTICE, 25),
        (0.3, Severity.WARNING, 75),
        (0.7, Severity.CRITICAL, 97),
    ],
)
def test_severity_and_score_are_those_of_the_lower_bound(low, expected, points):
    found = draft(share("time.network", 0.8, low, 0.9))
    assert (expected, points) == (found.severity, int(found.score))


def test_a_draft_carries_what_was_measured_and_how():
    found = draft(share("time.network", 0.4, 0.35, 0.45, where=LOAD), share("time.busy", 3.5))
    own, common = found.evidence
    assert ("share of busy time, network", 0.4, 0.35, 0.45) == (own.name, own.value, own.low, own.high)
    assert ("threads at work, mean", 3.5) == (common.name, common.value)
    assert (LOAD, "process:42", tuple(LIMITS.items())) == (found.where, found.subject, found.thresholds)


def test_the_alternatives_are_what_it_is_taken_for_and_the_largest_others_with_the_number_that_rejects_each():
    shares = {
        "time.network": 0.5,
        "time.python": 0.2,
        "time.native": 0.1,
        "time.gil": 0.15,
        "time.lock": 0.05,
    }
    signals = Signals([share(name, value) for name, value in shares.items()])
    found = against(signals, "net.peer-wait")
    assert ["cpu.hot-code", "cpu.gil", "lock.contention"] == [one.kind for one in found[:3]]
    assert "computing takes 30 % of the busy time" == found[0].because
    assert "waiting for the GIL takes 15 % of the busy time" == found[1].because
    assert {"net.connect", "net.dns", "pool.exhausted"} == {one.kind for one in found[3:]}
    assert "connecting takes 0 % of the busy time" in {one.because for one in found}


def test_what_a_kind_is_taken_for_is_a_kind_that_has_a_number():
    known = {kind for kind, _, _ in ALTERNATIVES}
    assert {*CONFUSED, *(name for names in CONFUSED.values() for name in names)} <= known


def test_the_total_of_a_class_is_that_of_all_its_objects():
    signals = Signals([share("time.network", 0.25), share("time.network", 0.125), share("time.lock", 0.5)])
    assert 0.375 == total(signals, TimeClass.NETWORK)
    assert 0.875 == total(signals, TimeClass.NETWORK, TimeClass.LOCK)


def test_names_for_sentences():
    assert "load (orders.py:88)" == name_of(LOAD)
    assert "main (main.py:1)" == name_of(Place(file="main.py", function="main", line=1))
    assert "code that could not be seen" == name_of(None)
    peer = Object(id=0, type=ObjectType.TCP, name="10.0.0.7:5432", service="postgresql")
    assert "postgresql at 10.0.0.7:5432" == object_name(peer, "its peers")
    assert "/x" == object_name(Object(id=0, type=ObjectType.FILE, name="/x"), "its files")
    assert "its files" == object_name(None, "its files")
    assert "42" == pid_of(share("time.lock", 0.1))
    assert "42" == pid_of(replace(share("time.lock", 0.1), subject="set:42,43"))


@pytest.mark.parametrize("subject", ["host", "process:", "process:1;reboot", "process:²"])
def test_a_command_names_a_process_by_a_number_and_nothing_else(subject):
    assert "PID" == pid_of(replace(share("time.lock", 0.1), subject=subject))


def test_shares_that_are_joined_add_up_and_so_do_their_bounds():
    first, second = share("time.fault", 0.4, 0.3, 0.5, where=LOAD), share("time.kernel", 0.5, 0.4, 0.8)
    found = joined(first, [second])
    assert pytest.approx((0.9, 0.7, 1.0)) == (
        found.estimate.value,
        found.estimate.low,
        found.estimate.high,
    )
    assert ("time.fault", LOAD) == (found.name, found.where)
    assert first.estimate == joined(first, []).estimate


def test_the_same_function_is_told_by_file_and_name_and_not_by_line():
    here = share("time.fault", 0.4, where=LOAD)
    near, far = share("a", 0.1, where=replace(LOAD, line=1)), share("b", 0.1, where=PRICE)
    assert [near] == in_function_of(here, [near, far, share("c", 0.1)])
    assert [] == in_function_of(share("time.fault", 0.4), [near])


def test_several_files_are_claimed_by_the_name_that_they_are_told_as():
    labels = (("told_as", "/media/*.mkv"),)
    films, rest = share("time.disk", 0.4, labels=labels), share("time.disk", 0.1)
    signals = Signals([films, rest])
    assert frozenset({"/media/*.mkv"}) == claim_of(films, signals).objects
    assert frozenset({"/media/*.mkv"}) == claim_of(rest, signals).others
