from perfdiag.host import Host
from perfdiag.meta import Plan, closed, opened
from perfdiag.model import AGAINST, Process, Role
from perfdiag.recording import Recording


def process(pid, role=Role.TARGET, inner=0):
    return Process(
        key=f"{pid}@1", pid=pid, ppid=1, started=1, comm="app", exe="", uid=0, cpus=2, role=role,
        inner_pid=inner,
    )  # fmt: skip


PLAN = Plan(duration=10.0, rate=100.0)
TREE = Plan(duration=10.0, rate=100.0, subprocesses=True)


def test_one_process_is_the_subject():
    meta = opened(Host(), [process(7, inner=1)], PLAN)
    assert ("process:7", "app (pid 7, 1 in its namespace)", ()) == (meta.subject, meta.target, meta.options)


def test_several_processes_are_a_set_and_each_is_named():
    meta = opened(Host(), [process(pid) for pid in (7, 8, 9)], PLAN)
    assert ("set:7,8,9", "app (pid 7), app (pid 8) and app (pid 9)") == (meta.subject, meta.target)


def test_the_second_of_two_stands_against_the_first():
    plan = Plan(duration=10.0, rate=100.0, against=True)
    assert ((AGAINST, "8"),) == opened(Host(), [process(7), process(8)], plan).options


def end(plan, totals, *, processes=1, stopped=""):
    tree = [process(7, Role.MASTER), *(process(pid, Role.WORKER) for pid in range(8, 7 + processes))]
    recording = Recording(meta=opened(Host(), tree[:1], plan), processes=tree)
    for number in range(100):
        recording.ticks.ticks.append(number * 20_000_000, 0)
    return closed(
        recording, plan, totals, engine="/proc", blind=(), stopped=stopped, lasted=10.2, parent_cpu=0.5
    )  # fmt: skip


def test_a_tree_is_named_by_its_root_and_counted_at_the_end():
    meta = end(TREE, {"cpu": 1.0, "used": 0.1}, processes=4)
    assert ("tree:7", "app (pid 7) and 3 below it") == (meta.subject, meta.target)
    assert (1000, 100, 0.1) == (meta.cost.planned, meta.cost.made, meta.cost.used)


def test_a_rate_that_was_lowered_is_told_with_what_was_used_and_counts_as_planned():
    totals = {"slowed": True, "full": False, "turns": 4, "used": 0.011}
    meta = end(Plan(duration=10.0, rate=100.0, budget=0.01), totals)
    why = "the budget of CPU (1 % of a core, 1.1 % used)"
    rate = "short waits: the rate was lowered from 100 to 10 Hz"
    expected = f"{rate} to hold {why}; threads took turns, 4 at worst"
    assert ((expected,), 100) == (meta.blind, meta.cost.planned)


def test_a_rate_that_was_lowered_for_the_size_of_the_recording_says_so():
    meta = end(PLAN, {"slowed": True, "full": True, "turns": 1, "used": 0.011})
    assert (
        "short waits: the rate was lowered from 100 to 10 Hz to hold the size of the recording",
    ) == meta.blind


def test_a_sampler_that_said_nothing_ended_early_and_one_that_was_stopped_did_not():
    assert ("the sampler ended early", 1000) == (end(PLAN, {}).ended, end(PLAN, {}).cost.planned)
    stopped = end(PLAN, {}, stopped="interrupted")
    assert ("interrupted", 198) == (stopped.ended, stopped.cost.planned)
