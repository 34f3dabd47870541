from dataclasses import replace

import pytest

from perfdiag.attribution.busy import busy_time
from perfdiag.attribution.fold import Attribution
from perfdiag.diagnosis import Severity, Signal
from perfdiag.model import STOPPED, Estimate, Role, TimeClass
from perfdiag.plugins import Signals
from perfdiag.summary import breakdown_rows, brief, group_rows, unseen_children, weighted
from perfdiag.timetable import TimeTable
from perfdiag.units import Unit
from tests.examples import CALM, FULL, INCONCLUSIVE, ratio
from tests.recordings_made import Shop, run, wait


def played(shop):
    """The recording of a script, and its time table."""
    recording = shop.recording()
    table = TimeTable(start=recording.window[0])
    slices, groups = Attribution(recording).step(0, len(recording.ticks.ticks), recording.window[1])
    for part in slices:
        table.add(part, groups[part.process, part.tid])
    return recording, table


def shop():
    found = Shop()
    report = found.stack("metrics.py:5 report")
    found.thread(1, *4 * (run(30, found.price), wait(70, "recvfrom", found.load, found.database)))
    found.thread(2, *4 * (run(5, report, gil=False), wait(95, "clock_nanosleep", found.timer)))
    return found


def test_groups_are_told_with_the_share_of_their_time_that_is_work():
    _, table = played(shop())
    rows = [(row.name, row.threads, round(row.occupancy.value, 3), row.pressed) for row in group_rows(table)]
    assert [("serve (views.py)", 1, 1.0, True), ("report (metrics.py)", 1, 0.05, False)] == rows


def test_the_breakdown_is_by_group_class_object_and_function():
    recording, table = played(shop())
    rows = breakdown_rows(table, recording, busy_time(table, pressed_only=False))
    expected = [
        ("serve (views.py)", TimeClass.NETWORK, "load", "10.0.0.7:5432", True),
        ("serve (views.py)", TimeClass.PYTHON, "price", None, True),
        ("report (metrics.py)", TimeClass.NATIVE, "report", None, False),
    ]
    found = [
        (row.group, row.time, row.where.function, row.object.name if row.object else None, row.pressed)
        for row in rows
    ]
    assert expected == found
    assert pytest.approx([2.8 / 4.2, 1.2 / 4.2, 0.2 / 4.2]) == [row.share.value for row in rows]


def test_what_is_less_than_a_hundredth_is_left_to_the_formats_that_draw():
    found = Shop()
    found.thread(1, run(399, found.price), run(1, found.append))
    recording, table = played(found)
    rows = breakdown_rows(table, recording, busy_time(table, pressed_only=False))
    assert ["price"] == [row.where.function for row in rows]
    assert {found.price, found.append} == {one.stack.id for one in weighted(table, recording)}


def test_the_profile_holds_idle_time_too():
    recording, table = played(shop())
    seconds = {(one.group, one.time): round(one.seconds, 6) for one in weighted(table, recording)}
    assert 3.8 == seconds["report (metrics.py)", TimeClass.IDLE]
    assert 2.8 == seconds["serve (views.py)", TimeClass.NETWORK]


def test_nothing_seen_gives_empty_tables():
    recording, table = Shop(), TimeTable(start=0.0)
    assert () == group_rows(table)
    assert () == breakdown_rows(table, recording, busy_time(table, pressed_only=False))
    assert () == weighted(table, recording)


def test_the_brief_says_what_how_much_and_what_to_do():
    assert (
        "load() waits for 10.0.0.7:5432 (postgresql): 1,240 short turns a second, 0.3 ms each.",
        "An ideal fix would give back 36 % of its busy time (30 % to 41 %).",
        "Fetch the rows in one query (a join, or WHERE id IN (...)) instead of one query per row.",
    ) == brief(FULL)


def test_the_brief_of_what_is_full_says_so_and_of_what_grows_when():
    full = replace(FULL.findings[0], gain=ratio(0.98, 0.98, 0.98), gain_model="level")
    grows = replace(full, gain=ratio(0.5, 0.5, 0.5), gain_model="exhaustion")
    assert ("98 % of what there may be is taken.", "At this rate nothing is left within 2.0 hours.") == tuple(
        brief(replace(FULL, findings=(one,)))[1] for one in (full, grows)
    )


def test_the_brief_of_a_healthy_program_says_how_busy_it_is():
    assert (
        "No bottleneck: gunicorn (pid 4711) is not held up by anything that was measured.",
        "Its busiest threads (worker (views.py:4 serve)) are occupied for 20 % of the time.",
        "Nothing needs to be done.",
    ) == brief(CALM)
    assert "All of its threads were idle." == brief(replace(CALM, groups=()))[1]


def test_a_finding_that_did_not_fire_is_not_in_the_brief():
    weak = replace(FULL.findings[0], severity=Severity.INFO, verdict="inconclusive")
    assert brief(FULL) != brief(replace(FULL, findings=(weak,)))
    assert "Nothing needs to be done." == brief(replace(FULL, findings=(weak,)))[2]


def test_an_inconclusive_brief_says_how_much_was_seen():
    assert "64 of 120 planned ticks came in time; target exited." == brief(INCONCLUSIVE)[1]


def test_a_stopped_program_is_not_called_healthy():
    stopped = replace(CALM, meta=replace(CALM.meta, blind=(STOPPED,)))
    assert f"{CALM.meta.target} is stopped (SIGSTOP or a debugger) and stays so." == brief(stopped)[0]


def test_time_that_no_rule_judges_is_not_called_healthy():
    share = replace(CALM.breakdown[0].share, value=0.9)
    row = replace(CALM.breakdown[0], time=TimeClass.UNKNOWN, share=share, pressed=True)
    said = brief(replace(CALM, breakdown=(row,)))
    assert "90 % of the busy time goes to something that could not be seen." == said[0]
    assert "Nothing needs to be done." not in said
    calm = (replace(row, pressed=False), replace(row, time=TimeClass.PYTHON))
    assert brief(CALM) == brief(replace(CALM, breakdown=calm))


@pytest.mark.parametrize(("work", "alive", "said"), [(3.5, 4, "its 4 children"), (0.4, 0, "its children")])
def test_children_that_compute_and_were_not_looked_at_are_told_of_who_waits_for_them(work, alive, said):
    recording, _ = played(shop())
    used = Signals([level("children.work", work), level("children.alive", alive)])
    first, _, third = brief(CALM, unseen_children(recording, used))
    assert said in first
    assert "-s (--subprocesses)" in third


def test_children_that_rest_or_were_looked_at_change_nothing():
    recording, _ = played(shop())
    assert () == unseen_children(
        recording, Signals([level("children.work", 0.1), level("children.alive", 4)])
    )
    assert () == unseen_children(recording, Signals([]))
    recording.processes.append(replace(recording.processes[0], pid=43, role=Role.WORKER))
    assert () == unseen_children(recording, Signals([level("children.work", 3.5)]))


def level(name, value):
    estimate = Estimate(value=value, low=value, high=value, unit=Unit.COUNT, n=1)
    return Signal(name=name, subject="process:42", estimate=estimate)
