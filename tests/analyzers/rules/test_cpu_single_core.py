from perfdiag.analyzers.rules.cpu_single_core import SPEC
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

WAITS = share("time.runqueue", 0.6, where=LOAD)


def its_own(used, cpus="0"):
    return share("cpu.confined", used, labels=(("cpus", cpus),))


def elsewhere(idle, cpus="0"):
    return share("cpu.unreachable", idle, labels=(("cpus", cpus),))


def test_threads_that_wait_for_one_cpu_while_others_idle():
    (found,) = said(SPEC, WAITS, elsewhere(0.9))
    assert (
        "Threads wait for CPU 0 in load (orders.py:88) for 60 % of their busy time: the program may use no"
        " other, while the others idle for 90 % of their time." == found.summary
    )
    assert "capacity" == found.model
    assert "wait for the CPUs 0-1 in" in said(SPEC, WAITS, elsewhere(0.9, "0-1"))[0].summary


def test_of_several_processes_the_one_that_is_confined_counts():
    assert ["warning"] == verdicts(SPEC, WAITS, share("cpu.unreachable", 0.0), elsewhere(0.9))


def test_where_the_other_cpus_are_taken_too_there_are_too_few():
    assert [] == verdicts(SPEC, WAITS, elsewhere(0.1))


def test_a_program_that_fills_its_own_cpu_queues_behind_itself_whoever_has_the_others():
    assert ["warning"] == verdicts(SPEC, WAITS, elsewhere(0.0), its_own(0.98))
    assert (
        "may use no other, and uses 98 % of it" in said(SPEC, WAITS, elsewhere(0.0), its_own(0.98))[0].summary
    )
    assert ["warning"] == verdicts(SPEC, WAITS, elsewhere(0.0), its_own(0.45), its_own(0.5))  # two processes


def test_a_program_that_shares_its_cpu_with_others_queues_behind_them():
    assert [] == verdicts(SPEC, WAITS, elsewhere(0.0), its_own(0.5))
    assert [] == verdicts(SPEC, WAITS, elsewhere(0.0), its_own(0.9, cpus="1"))


def test_threads_that_may_use_all_cpus_are_not_confined():
    assert [] == verdicts(SPEC, WAITS, share("cpu.unreachable", 0.0))


def test_a_confined_program_that_gets_its_cpu_is_not_held_up():
    assert [] == verdicts(SPEC, share("time.runqueue", 0.05), elsewhere(1.0))


def test_a_run_queue_is_its_consequence():
    assert ("cpu.runqueue",) == SPEC.explains
