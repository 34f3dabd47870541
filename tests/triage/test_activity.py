from perfdiag.host.sweep import Swept
from perfdiag.triage.activity import Activities, key_of
from perfdiag.triage.records import Figure

WINDOW = (100.0, 110.0)


def swept(pid=7, user=0.0, *, started=1, resident=4096, delay=0.0, state="S", threads=1, faults=0):
    return Swept(pid, started, "worker", "/", user, 0.0, delay, resident, threads, state, faults)


def watched(*sweeps):
    """Activities after sweeps a second apart, each a list of processes."""
    found = Activities()
    for second, processes in enumerate(sweeps):
        found.take(100.0 + second, processes)
    return found


def figures(found, process, seconds):
    return dict(found.processes[key_of(process)].figures((100.0, 100.0 + seconds)))


def test_what_was_spent_before_the_first_look_does_not_count():
    found = watched(*([swept(user=50 + 0.5 * second, delay=9 + 0.1 * second)] for second in range(5)))
    cpu, wait = (figures(found, swept(), 4)[name] for name in (Figure.CPU, Figure.WAIT))
    assert 0.5 == round(cpu.value, 6) == round(cpu.low, 6)
    assert 0.1 == round(wait.value, 6)


def test_a_process_that_began_or_ended_counts_for_the_whole_time():
    young, old = swept(8, 1.0), swept(9, 2.0)
    found = watched([old], [old._replace(user=3.0)], [young], [young], [young])
    assert 0.25 == figures(found, young, 4)[Figure.CPU].value
    assert 0.25 == figures(found, old, 4)[Figure.CPU].value


def test_a_process_that_was_hidden_before_is_not_given_its_whole_life():
    found = watched([], [swept(user=4000.0)], [swept(user=4000.5)])
    assert 0.25 == figures(found, swept(), 2)[Figure.CPU].value


def test_another_process_of_the_same_number_is_another_one():
    first, second = swept(user=100.0), swept(user=0.5, started=2)
    found = watched([first], [second], [second._replace(user=1.5)])
    assert 0.75 == figures(found, second, 2)[Figure.CPU].value
    assert 0.0 == figures(found, first, 2)[Figure.CPU].value


def test_memory_grows_from_the_first_sight_to_the_last():
    found = watched([], [swept(resident=1000)], [swept(resident=3000)], [swept(resident=5000)])
    assert (5000, 2000) == tuple(
        figures(found, swept(), 3)[name].value for name in (Figure.RESIDENT, Figure.GROWTH)
    )


def test_what_has_ended_did_not_shrink_and_is_no_thread_of_the_kernel():
    found = watched([swept()], [swept(resident=0, state="Z")])
    assert Figure.GROWTH not in figures(found, swept(), 1)
    assert not found.processes[key_of(swept())].kernel
    assert set() == found.alive


def test_a_process_without_memory_is_a_thread_of_the_kernel():
    found = watched([swept(resident=0)], [swept(resident=0)])
    assert found.processes[key_of(swept())].kernel
    assert {key_of(swept())} == found.alive


def test_looks_in_state_d_are_blocked_and_faults_are_a_rate():
    found = watched(*([swept(state="D" if at % 2 else "S", faults=3 * at)] for at in range(5)))
    assert 0.5 == figures(found, swept(), 4)[Figure.BLOCKED].value
    assert 3.0 == figures(found, swept(), 4)[Figure.MAJOR_FAULTS].value


def test_a_counter_that_goes_back_gives_no_negative_time():
    found = watched([swept(user=5.0)], [swept(user=4.0)], [swept(user=4.0)])
    assert 0.0 == figures(found, swept(), 2)[Figure.CPU].value
