from dataclasses import replace

import pytest

import perfdiag.analyzers.gil
import perfdiag.analyzers.rules.net_peer_wait
from perfdiag.attribution.fold import Attribution
from perfdiag.diagnosis import Severity
from perfdiag.engine import analyzers, diagnose, rules
from perfdiag.errors import FaultKind, UsageError
from perfdiag.model import STOPPED, Cost, Fault, Kind, ObjectType, Sample, Snapshot, TimeClass
from perfdiag.options import Options
from perfdiag.recording import Recording
from perfdiag.reports.json_file import SPEC as JSON
from perfdiag.units import Unit
from tests.recordings_made import META, Shop, queue, run, wait

RECV = "recvfrom"


def waiting(**meta):
    """Ten seconds of a thread that computes for 30 ms and then waits 70 ms for its database."""
    shop = Shop()
    shop.thread(1, *100 * (run(3, shop.price), wait(7, RECV, shop.load, shop.database)))
    return shop.recording(**meta)


def calm():
    """A server that is busy for a fifth of its time and waits for requests in the rest."""
    shop = Shop()
    shop.thread(1, *100 * (run(2, shop.price), wait(8, RECV, shop.load, shop.client)))
    return shop.recording()


def test_a_program_that_waits_for_its_database():
    report = diagnose(waiting(), Options())
    assert "findings" == report.verdict
    first, second = report.findings
    assert ("net.peer-wait", "fired", Severity.WARNING) == (first.kind, first.verdict, first.severity)
    assert ("postgresql", "load", 88) == (first.object.service, first.where.function, first.where.line)
    assert (0.7, 0.3) == (round(first.impact.value, 3), round(second.impact.value, 3))
    assert "cpu.hot-code" == second.kind
    assert [(TimeClass.NETWORK, 0.7), (TimeClass.PYTHON, 0.3)] == [
        (row.time, round(row.share.value, 3)) for row in report.breakdown
    ]
    assert () == report.faults
    assert first.summary == report.brief[0]
    assert first.advice
    assert first.why


def test_a_program_that_waits_for_a_little_for_each_of_many_peers():
    shop = Shop()
    peers = [shop.item(ObjectType.TCP, f"10.1.0.{n}:443") for n in range(100)]
    shop.thread(1, *(act for one in peers for act in (run(1, shop.price), wait(9, RECV, shop.load, one))))
    first = diagnose(shop.recording(), Options()).findings[0]
    assert ("net.peer-wait", "fired", None) == (first.kind, first.verdict, first.object)
    assert 0.8 < first.impact.value < 0.9  # less than all: the eight largest are judged alone


def test_the_same_recording_gives_the_same_report_to_the_byte():
    recording = waiting()
    first = JSON.render(diagnose(recording, Options()))
    assert first == JSON.render(diagnose(recording, Options()))
    assert first == JSON.render(diagnose(waiting(), Options()))


def test_a_recording_whose_run_has_a_name_that_is_no_text_is_diagnosed():
    assert "findings" == diagnose(waiting(run_id="\udcff"), Options()).verdict


def test_a_calm_server_has_no_finding_and_is_told_how_busy_it_is():
    report = diagnose(calm(), Options())
    assert ("healthy", ()) == (report.verdict, report.findings)
    (group,) = report.groups
    assert (pytest.approx(0.2, abs=0.001), False) == (group.occupancy.value, group.pressed)
    assert [(TimeClass.PYTHON, False)] == [(row.time, row.pressed) for row in report.breakdown]


def test_any_judges_it_all_the_same():
    report = diagnose(calm(), Options(everything=True))
    assert [("cpu.hot-code", "fired")] == [(one.kind, one.verdict) for one in report.findings]
    assert ("any", "1") in report.meta.options


def made(recording, made, planned=1000):
    cost = Cost(sampler_cpu=0, parent_cpu=0, planned=planned, made=made, stacks=0, torn=0, retried=0)
    recording.meta = replace(recording.meta, cost=cost)
    return recording


def test_under_60_percent_of_the_planned_ticks_nothing_is_ranked():
    enough, few = (diagnose(made(waiting(), ticks), Options()) for ticks in (600, 599))
    assert ("findings", {"fired"}) == (enough.verdict, {one.verdict for one in enough.findings})
    assert ("inconclusive", {"inconclusive"}) == (few.verdict, {one.verdict for one in few.findings})
    assert {(Severity.INFO, 0.0)} == {(one.severity, one.confidence) for one in few.findings}
    assert "599 of 1000 planned ticks came in time." == few.brief[1]


@pytest.mark.parametrize(("ticks", "verdict"), [(59, "inconclusive"), (60, "findings")])
def test_a_short_look_is_inconclusive_though_it_made_all_its_ticks(ticks, verdict):
    assert verdict == diagnose(made(waiting(), ticks, planned=ticks), Options()).verdict


@pytest.mark.parametrize(("ticks", "warned"), [(899, True), (900, False)])
def test_under_90_percent_of_the_planned_ticks_the_report_warns(ticks, warned):
    report = diagnose(made(waiting(), ticks), Options())
    assert warned is any("planned ticks" in text for text in report.meta.blind)


@pytest.mark.parametrize("recording", [Recording(meta=META), made(Recording(meta=META), 0, planned=0)])
def test_a_recording_of_nothing_is_inconclusive(recording):
    report = diagnose(recording, Options())
    assert ("inconclusive", ()) == (report.verdict, report.findings)
    assert {"cpu.hot-code", "cpu.gil"} <= {one.kind for one in report.not_evaluated}


def test_without_stacks_what_needs_them_is_not_evaluated_and_the_rest_is():
    shop = Shop(gil=False)
    shop.stacks.clear()
    shop.thread(1, *100 * (run(3), wait(7, RECV, item=shop.database)))
    report = diagnose(shop.recording(), Options())
    missing = {one.kind: one.missing for one in report.not_evaluated}
    assert {"cpu.gil", "cpu.gc", "lock.contention"} <= missing.keys()
    assert "the state of an interpreter was not read" == missing["cpu.gil"]
    assert "net.peer-wait" == report.findings[0].kind


def test_a_rule_that_raises_becomes_a_fault_and_the_rest_goes_on(monkeypatch):
    rule = perfdiag.analyzers.rules.net_peer_wait.SPEC

    def broken(signals, limits):
        raise ZeroDivisionError("a hole in the rule")

    monkeypatch.setattr(perfdiag.analyzers.rules.net_peer_wait, "SPEC", replace(rule, diagnose=broken))
    report = diagnose(waiting(), Options())
    fault = Fault(
        source="net.peer-wait", kind=FaultKind.BROKEN, detail="ZeroDivisionError: a hole in the rule"
    )
    assert (fault,) == report.faults
    assert ["cpu.hot-code"] == [one.kind for one in report.findings]


@pytest.mark.parametrize("part", ["start", "step", "signals"])
def test_an_analyzer_that_raises_becomes_one_fault_and_the_rest_goes_on(monkeypatch, part):
    def broken(*args):
        raise KeyError("gone")

    spec = replace(perfdiag.analyzers.gil.SPEC, **{part: broken})
    monkeypatch.setattr(perfdiag.analyzers.gil, "SPEC", spec)
    report = diagnose(waiting(), Options())
    assert (Fault(source="gil", kind=FaultKind.BROKEN, detail="KeyError: 'gone'"),) == report.faults
    assert "net.peer-wait" == report.findings[0].kind


def test_the_faults_of_the_snapshots_are_told_once_each():
    recording = waiting()
    fault = Fault(source="pressure", kind=FaultKind.NO_DATA, detail="/proc/pressure: missing")
    recording.snapshots = [replace(one, faults=(fault,)) for one in recording.snapshots]
    assert (fault,) == diagnose(recording, Options()).faults


def test_rules_can_be_chosen_and_left_out():
    only = diagnose(waiting(), Options(only=frozenset({"cpu.hot-code"})))
    assert ["cpu.hot-code"] == [one.kind for one in only.findings]
    skipped = diagnose(waiting(), Options(skip=frozenset({"net.peer-wait"})))
    assert "net.peer-wait" not in {one.kind for one in skipped.findings}


def test_limits_can_be_set():
    limits = {"share_notice": 0.9, "share_warning": 0.95, "share_critical": 0.99}
    settings = tuple(("net.peer-wait", name, value) for name, value in limits.items())
    report = diagnose(waiting(), Options(settings=settings))
    assert ["cpu.hot-code"] == [one.kind for one in report.findings]


def test_a_kind_of_the_host_asked_for_of_a_process_is_told_as_not_evaluated():
    report = diagnose(waiting(), Options(only=frozenset({"host.disk"})))
    assert ["host.disk"] == [one.kind for one in report.not_evaluated]
    assert not [one for one in diagnose(waiting(), Options()).not_evaluated if one.kind.startswith("host.")]


def test_a_rule_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match=r"no rule called 'net\.peer'"):
        diagnose(waiting(), Options(skip=frozenset({"net.peer"})))


def test_throttling_comes_before_the_run_queue_it_looks_like():
    shop = Shop()
    shop.thread(1, *100 * (run(5, shop.price), queue(5, shop.price, throttled=True)))
    report = diagnose(shop.recording(), Options())
    assert "cpu.throttled" == report.findings[0].kind
    assert ("capacity", 0.5) == (report.findings[0].gain_model, round(report.findings[0].gain.value, 2))


def test_eight_threads_behind_the_gil_on_two_cpus():
    shop = Shop()
    for tid in range(8):
        turn = [wait(5, "futex", shop.load, shop.gil_futex)] * 8
        turn[tid] = run(5, shop.price)
        shop.thread(tid + 1, *12 * turn)
    report = diagnose(shop.recording(cpus=2), Options())
    gil = report.findings[0]
    assert ("cpu.gil", "price") == (gil.kind, gil.where.function)
    assert pytest.approx(7 / 8, abs=0.02) == gil.impact.value
    assert pytest.approx(0.5, abs=0.03) == gil.gain.value


def test_shares_are_of_the_groups_under_pressure():
    shop = Shop()
    report = shop.stack("metrics.py:5 report")
    shop.thread(1, *100 * (run(3, shop.price), wait(7, RECV, shop.load, shop.database)))
    shop.thread(2, *100 * (run(4, report, gil=False), wait(6, RECV, report, shop.client)))
    report = diagnose(shop.recording(), Options())
    assert ("net.peer-wait", 0.7) == (report.findings[0].kind, round(report.findings[0].impact.value, 3))
    assert pytest.approx(7 / 14, abs=0.001) == report.breakdown[0].share.value  # of all busy time


def computing(**more):
    """Two threads that compute in C and wait for a peer: 10 s of CPU time, 10 s of waiting."""
    shop = Shop()
    for tid in (1, 2):
        shop.thread(tid, *100 * (run(5, shop.price, gil=False), wait(5, RECV, shop.load, shop.database)))
    return shop.recording(**more)


def test_the_cpus_that_the_target_may_use_cap_the_gain():
    free = diagnose(computing(), Options()).findings[0]
    assert ("net.peer-wait", 0.5) == (free.kind, round(free.gain.value, 2))
    bound = computing()
    bound.processes[0] = replace(bound.processes[0], cpus=1)
    gains = {one.kind: one.gain.value for one in diagnose(bound, Options()).findings}
    assert pytest.approx(0.0, abs=0.01) == gains["net.peer-wait"]


def test_a_quota_caps_the_gain_like_missing_cpus():
    quota = Sample(
        name="cgroup.cpu.quota", value=1.0, unit=Unit.COUNT, kind=Kind.GAUGE, labels=(("cgroup", "/shop"),)
    )
    gains = {one.kind: one.gain.value for one in diagnose(computing(samples=[quota]), Options()).findings}
    assert pytest.approx(0.0, abs=0.01) == gains["net.peer-wait"]


def test_the_plug_ins_are_found():
    assert {"breakdown", "gil", "hotspots"} <= {one.name for one in analyzers()}
    assert {"cpu.gil", "net.peer-wait", "sleep"} <= {one.kind for one in rules()}


def test_snapshots_without_ticks_do_no_harm():
    recording = waiting()
    last = recording.snapshots[-1]
    recording.snapshots.insert(1, Snapshot(at=recording.snapshots[0].at + 0.001, wall=0.0))
    assert last is recording.snapshots[-1]
    assert "net.peer-wait" == diagnose(recording, Options()).findings[0].kind


def test_the_profile_holds_all_time_that_has_a_stack():
    recording = waiting()
    slices, _ = Attribution(recording).step(0, len(recording.ticks.ticks), recording.window[1])
    report = diagnose(recording, Options())
    expected = sum(part.weight for part in slices if part.stack >= 0)
    assert pytest.approx(expected) == sum(one.seconds for one in report.profile)


def test_what_a_stopped_process_waits_for_is_not_what_holds_it_up():
    shop = Shop()
    shop.thread(1, wait(1000, RECV, shop.load, shop.database))
    recording = shop.recording()
    recording.meta = replace(recording.meta, blind=(STOPPED,))
    report = diagnose(recording, Options(everything=True))
    assert ("healthy", ()) == (report.verdict, report.findings)
    assert "is stopped" in report.brief[0]


def test_a_process_that_was_stopped_at_first_and_ran_then_is_judged():
    recording = waiting()
    recording.meta = replace(recording.meta, blind=(STOPPED,))
    assert "findings" == diagnose(recording, Options()).verdict
