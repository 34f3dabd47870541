"""Truth tests: attribution gives back the seconds that were put in, to the microsecond."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfdiag.attribution.fold import Attribution
from perfdiag.model import ObjectType, TimeClass
from tests.recordings_made import STDLIB, TICK, Script, Shop, queue, run, seconds_of, slices_of, wait

RECV, FUTEX = "recvfrom", "futex"


def others(recording, tid, time):
    """Seconds of one class of a thread, by the stack that stood in its way."""
    found = defaultdict(float)
    for part in slices_of(recording):
        if (part.tid, part.time) == (tid, time):
            found[part.other] += part.weight
    return {stack: round(seconds, 6) for stack, seconds in found.items()}


def test_computing_and_waiting_for_a_peer():
    shop = Shop()
    shop.thread(1, *3 * (run(10, shop.price), wait(20, RECV, shop.load, shop.database)))
    recording = shop.recording()
    assert {TimeClass.PYTHON: 0.3, TimeClass.NETWORK: 0.6} == seconds_of(recording, 1)
    waits = [part for part in slices_of(recording) if part.time is TimeClass.NETWORK]
    assert {(shop.database, shop.load)} == {(part.object, part.stack) for part in waits}


@pytest.mark.parametrize(
    ("call", "stack", "item", "expected"),
    [
        (RECV, "load", "database", TimeClass.NETWORK),
        ("sendto", "load", "client", TimeClass.SEND),
        (RECV, "load", "client", TimeClass.IDLE),
        ("accept4", "load", "listener", TimeClass.IDLE),
        ("epoll_wait", "load", None, TimeClass.IDLE),
        (FUTEX, "reserve", "lock", TimeClass.LOCK),
        (FUTEX, "price", "gil_futex", TimeClass.GIL),
        ("fsync", "append", "journal", TimeClass.FSYNC),
        ("read", "append", "journal", TimeClass.DISK),
        ("wait4", "load", "child", TimeClass.CHILD),
        ("read", "load", "child", TimeClass.CHILD),
        ("clock_nanosleep", "timer", None, TimeClass.IDLE),
        ("clock_nanosleep", "back_off", None, TimeClass.SLEEP),
    ],
)
def test_each_wait_is_of_its_class(call, stack, item, expected):
    shop = Shop()
    number = -1 if item is None else getattr(shop, item)
    blocked = wait(20, call, getattr(shop, stack), number)
    shop.thread(1, *3 * (run(10, shop.price), blocked))
    assert {TimeClass.PYTHON: 0.3, expected: 0.6} == seconds_of(shop.recording(), 1)


def test_a_wait_that_follows_another_without_a_look_between_keeps_its_own_time():
    shop = Shop()
    network, sync = wait(50, RECV, shop.load, shop.database), wait(30, "fsync", shop.append, shop.journal)
    shop.thread(1, run(10, shop.price), network, sync, network, run(10, shop.price))
    found = seconds_of(shop.recording(), 1)
    # in the tick in which both are seen each gets a half
    assert pytest.approx(1.0, abs=1.1 * TICK) == found[TimeClass.NETWORK]
    assert pytest.approx(0.3, abs=1.1 * TICK) == found[TimeClass.FSYNC]
    assert pytest.approx(1.5) == sum(found.values())


def test_a_thread_that_waits_for_the_gil_names_the_code_that_holds_it():
    shop = Shop()
    shop.thread(1, run(100, shop.price))
    shop.thread(2, *2 * (wait(40, FUTEX, shop.load, shop.gil_futex), run(10, shop.append, gil=False)))
    recording = shop.recording()
    assert {TimeClass.PYTHON: 1.0} == seconds_of(recording, 1)
    assert {TimeClass.GIL: 0.8, TimeClass.NATIVE: 0.2} == seconds_of(recording, 2)
    assert {shop.price: 0.8} == others(recording, 2, TimeClass.GIL)


def test_nobody_stands_in_the_way_of_a_wait_for_a_peer_or_of_oneself():
    shop = Shop()
    gil, peer = wait(20, FUTEX, shop.load, shop.gil_futex), wait(30, RECV, shop.load, shop.database)
    shop.thread(1, run(100, shop.price))
    shop.thread(2, gil, run(10, shop.append, gil=False), peer, run(10, shop.append, gil=False), peer)
    assert {-1: 0.6} == others(shop.recording(), 2, TimeClass.NETWORK)
    alone = Shop()
    alone.thread(1, run(10, alone.price), wait(20, FUTEX, alone.load, alone.gil_futex))
    assert {-1: 0.2} == others(alone.recording(), 1, TimeClass.GIL)


def test_the_likely_holder_of_a_lock_is_past_the_line_that_acquires_it():
    shop = Shop()
    shop.thread(1, *2 * (run(40, shop.reserved), wait(10, FUTEX, shop.reserve, shop.lock)))
    shop.thread(2, *2 * (wait(40, FUTEX, shop.reserve, shop.lock), run(10, shop.reserved)))
    shop.thread(3, run(100, shop.price, gil=False))
    recording = shop.recording()
    assert {TimeClass.PYTHON: 0.2, TimeClass.LOCK: 0.8} == seconds_of(recording, 2)
    assert {shop.reserved: 0.8} == others(recording, 2, TimeClass.LOCK)
    assert {shop.reserved: 0.2} == others(recording, 1, TimeClass.LOCK)


def test_a_holder_that_waits_itself_still_holds():
    shop = Shop()
    commit = shop.stack("db.py:9 commit", "stock.py:25 reserve", "views.py:4 serve")
    shop.thread(1, run(5, shop.price), wait(95, "fsync", commit, shop.journal))
    shop.thread(2, run(5, shop.price), wait(95, FUTEX, shop.reserve, shop.lock))
    assert {commit: 0.95} == others(shop.recording(), 2, TimeClass.LOCK)


def test_a_fast_fsync_counts_where_the_thread_is_seen_running_in_it():
    shop = Shop()
    call = (wait(2, "fsync", shop.append, shop.journal), run(3, shop.append, gil=False))
    shop.thread(1, *10 * (*call, run(5, shop.price)))
    assert {TimeClass.FSYNC: 0.5, TimeClass.PYTHON: 0.5} == seconds_of(shop.recording(), 1)


def test_system_time_between_two_looks_at_the_same_wait_belongs_to_it():
    shop = Shop()
    turn = (run(0.5, shop.load, gil=False, system=True), wait(0.5, RECV, shop.load, shop.database))
    first, last = (wait(ticks, RECV, shop.load, shop.database) for ticks in (0.25, 0.75))
    shop.thread(1, first, *100 * turn, last)
    found = seconds_of(shop.recording(), 1)
    met_in = found.pop(TimeClass.IDLE)  # the wait that it was in at the first look
    assert met_in <= TICK
    assert [TimeClass.NETWORK] == list(found)
    assert (
        pytest.approx(1.01, abs=0.51 * TICK) == met_in + found[TimeClass.NETWORK]
    )  # a half is owed at the end


def test_a_line_that_only_computes_without_the_gil_is_native():
    shop = Shop()
    shop.thread(1, run(50, shop.price, gil=False), run(50, shop.load))
    assert {TimeClass.NATIVE: 0.5, TimeClass.PYTHON: 0.5} == seconds_of(shop.recording(), 1)


def test_system_time_is_taken_from_the_time_outside_the_gil():
    shop = Shop()
    shop.thread(1, *5 * (run(10, shop.append, gil=False, system=True), run(10, shop.price)))
    assert {TimeClass.KERNEL: 0.5, TimeClass.PYTHON: 0.5} == seconds_of(shop.recording(), 1)


def test_a_collection_is_told_by_its_flag_and_not_by_the_line():
    shop = Shop()
    shop.thread(1, *4 * (run(15, shop.price), run(10, shop.price, collecting=True)))
    shop.thread(2, wait(100, FUTEX, shop.load, shop.gil_futex))
    recording = shop.recording()
    assert {TimeClass.PYTHON: 0.6, TimeClass.GC: 0.4} == seconds_of(recording, 1)
    assert {TimeClass.GIL: 1.0} == seconds_of(recording, 2)


def test_time_ready_without_a_cpu_is_the_run_queue():
    shop = Shop()
    shop.thread(1, *4 * (run(10, shop.price), queue(15, shop.price)), run(10, shop.price))
    assert {TimeClass.PYTHON: 0.5, TimeClass.RUNQUEUE: 0.6} == seconds_of(shop.recording(), 1)


def test_being_woken_is_part_of_the_wait():
    shop = Shop()
    blocked = (wait(19.995, RECV, shop.load, shop.database), queue(0.005, shop.load))
    shop.thread(1, *5 * (run(10, shop.price), *blocked), run(10, shop.price))
    assert {TimeClass.PYTHON: 0.6, TimeClass.NETWORK: 1.0} == seconds_of(shop.recording(), 1)


def test_a_debt_of_queue_time_is_paid_by_the_delay_that_comes_late():
    shop = Shop()
    shop.thread(1, run(5, shop.price), queue(180, shop.price), run(15, shop.price))
    recording = shop.recording()
    assert {TimeClass.PYTHON: 0.2, TimeClass.RUNQUEUE: 1.8} == seconds_of(recording, 1)
    assert {TimeClass.PYTHON: 0.2, TimeClass.RUNQUEUE: 1.8} == seconds_of(recording, 1, cuts=[100])


def test_a_debt_that_is_cut_swallows_no_wait():
    shop = Shop()
    unseen = (run(0.4, shop.price), wait(0.2, RECV, shop.load, shop.database), run(0.4, shop.price))
    seen = (run(10, shop.price), wait(10, RECV, shop.load, shop.database))
    shop.thread(1, run(10, shop.price), queue(20, shop.price), *20 * unseen, *4 * seen)
    recording = shop.recording()
    assert {TimeClass.PYTHON: 0.66, TimeClass.RUNQUEUE: 0.2, TimeClass.NETWORK: 0.44} == seconds_of(
        recording, 1
    )
    assert seconds_of(recording, 1) == seconds_of(recording, 1, cuts=[20])


def test_a_delay_that_ends_with_a_stop_by_the_quota_is_throttling():
    shop = Shop()
    shop.thread(1, *5 * (run(10, shop.price), queue(10, shop.price, throttled=True)), run(10, shop.price))
    assert {TimeClass.PYTHON: 0.6, TimeClass.THROTTLED: 0.5} == seconds_of(shop.recording(), 1)


def test_what_is_queued_after_the_stop_ended_is_the_run_queue():
    shop = Shop()
    stopped, queued = queue(8, shop.price, throttled=True), queue(4, shop.price)
    shop.thread(1, *5 * (run(8, shop.price), stopped, queued), run(20, shop.price))
    found = seconds_of(shop.recording(), 1)
    assert {TimeClass.PYTHON: 0.6, TimeClass.THROTTLED: 0.4, TimeClass.RUNQUEUE: 0.2} == found


def test_counters_that_lag_behind_make_no_wait():
    shop = Shop(lag=4_000_000)
    shop.thread(1, run(100, shop.price))
    found = seconds_of(shop.recording(), 1)
    assert [TimeClass.PYTHON] == list(found)
    assert pytest.approx(1.0, abs=0.004) == found[TimeClass.PYTHON]


def test_short_waits_between_two_looks_at_a_running_thread_join_those_that_were_seen():
    shop = Shop()
    unseen = (run(0.4, shop.price), wait(0.2, RECV, shop.load, shop.database), run(0.4, shop.price))
    shop.thread(1, *20 * unseen, *4 * (run(10, shop.price), wait(10, RECV, shop.load, shop.database)))
    found = seconds_of(shop.recording(), 1)
    assert {TimeClass.PYTHON: 0.56, TimeClass.NETWORK: 0.44} == found


def test_a_wait_that_no_look_saw_is_unknown():
    shop = Shop()
    shop.thread(
        1, *100 * (run(0.4, shop.price), wait(0.2, RECV, shop.load, shop.database), run(0.4, shop.price))
    )
    assert {TimeClass.PYTHON: 0.8, TimeClass.UNKNOWN: 0.2} == seconds_of(shop.recording(), 1)


def test_a_thread_counts_from_its_birth_to_its_end():
    shop = Shop()
    shop.thread(1, run(100, shop.price))
    shop.thread(2, run(10, shop.load, gil=False), wait(20, RECV, shop.load, shop.database), born=30)
    assert {TimeClass.NATIVE: 0.1, TimeClass.NETWORK: 0.2} == seconds_of(shop.recording(), 2)


def test_a_sleep_of_a_thread_that_was_born_for_one_piece_of_work_delays_it():
    shop = Shop()
    shop.thread(1, run(100, shop.price))
    shop.thread(2, run(1, shop.timer, gil=False), wait(49, "clock_nanosleep", shop.timer), born=20)
    assert pytest.approx(0.49) == seconds_of(shop.recording(), 2)[TimeClass.SLEEP]


def test_a_thread_belongs_to_the_group_of_the_first_stack_that_was_read():
    shop = Shop()
    shop.thread(1, run(10), run(10, shop.price), run(10, shop.timer), name="worker")
    recording = shop.recording()
    attribution = Attribution(recording)
    ticks = recording.ticks.ticks["at_ns"]
    _, early = attribution.step(0, 5, ticks[4] / 1e9)
    _, late = attribution.step(5, len(ticks), ticks[-1] / 1e9)
    assert ({(0, 1): "worker (native)"}, {(0, 1): "serve (views.py)"}) == (early, late)


def test_a_row_without_a_readable_stack_keeps_the_one_before():
    shop = Shop()
    shop.thread(1, *3 * (run(10, shop.price), wait(20, RECV, shop.load, shop.database)), torn=[5, 31])
    recording = shop.recording()
    assert {TimeClass.PYTHON: 0.3, TimeClass.NETWORK: 0.6} == seconds_of(recording, 1)
    assert {shop.price, shop.load} == {part.stack for part in slices_of(recording)}


def test_a_thread_without_python_is_native_and_idle():
    script = Script()
    script.thread(1, run(30, gil=False), wait(70, FUTEX))
    assert {TimeClass.NATIVE: 0.3, TimeClass.IDLE: 0.7} == seconds_of(script.recording(), 1)


def test_without_a_readable_interpreter_cpu_time_counts_as_python_where_there_are_stacks():
    shop = Shop(gil=False)
    shop.thread(1, run(30, shop.price), wait(70, RECV, shop.load, shop.database))
    assert {TimeClass.PYTHON: 0.3, TimeClass.NETWORK: 0.7} == seconds_of(shop.recording(), 1)


def queue_stacks(shop):
    """The object and the stacks of a worker's `get` and of a feeder's `put`."""
    library = f"{STDLIB}/threading.py:320 Condition.wait"
    get = shop.stack(library, f"{STDLIB}/queue.py:171 Queue.get", "shop.py:9 work")
    put = shop.stack(library, f"{STDLIB}/queue.py:140 Queue.put", "shop.py:5 feed")
    return shop.item(ObjectType.FUTEX, "futex 0x20"), get, put


def test_one_thread_that_waits_for_room_and_those_that_wait_for_work_are_idle():
    shop = Shop()
    futex, get, put = queue_stacks(shop)
    shop.thread(1, run(10, shop.price), wait(40, FUTEX, get, futex), wait(50, FUTEX, put, futex))
    found = seconds_of(shop.recording(), 1)
    assert pytest.approx({TimeClass.PYTHON: 0.1, TimeClass.IDLE: 0.9}, abs=TICK) == found


def test_queue_time_from_before_the_window_is_not_in_it():
    shop = Shop()
    shop.thread(1, queue(1, shop.price), run(99, shop.price))
    recording = shop.recording()
    delay = recording.ticks.rows["delay_ns"]
    for row in range(1, len(delay)):
        delay[row] += 700_000_000  # it had been ready for that long when the first tick came
    assert {TimeClass.RUNQUEUE: 0.01, TimeClass.PYTHON: 0.99} == seconds_of(recording, 1)


# -- properties ---------------------------------------------------------------------------------------

DOING = ("compute", "native", "peer", "lock", "sync", "sleep", "queue", "stop")


def act(shop, what, ticks):
    return {
        "compute": run(ticks, shop.price),
        "native": run(ticks, shop.load, gil=False),
        "peer": wait(ticks, RECV, shop.load, shop.database),
        "lock": wait(ticks, FUTEX, shop.reserve, shop.lock),
        "sync": wait(ticks, "fsync", shop.append, shop.journal),
        "sleep": wait(ticks, "clock_nanosleep", shop.back_off),
        "queue": queue(ticks, shop.price),
        "stop": queue(ticks, shop.price, throttled=True),
    }[what]


CUTS = st.sets(st.integers(1, 300), max_size=6)


def acts(durations, what=DOING):
    return st.lists(st.tuples(st.sampled_from(what), durations), min_size=1, max_size=12)


def played(scripts, lag=0):
    shop = Shop(lag=lag)
    longest = 0.0
    for tid, script in enumerate(scripts, 1):
        shop.thread(tid, *(act(shop, *one) for one in script), run(2, shop.price))
        longest = max(longest, sum(ticks for _, ticks in script) + 2)
    shop.thread(99, run(-(-longest // 1), shop.price))  # one that stays to the end
    return shop.recording()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(acts(st.floats(0.05, 40)), min_size=1, max_size=3), st.sampled_from([0, 1_000_000, 4_000_000])
)
def test_the_slices_of_a_thread_add_up_to_its_time(scripts, lag):
    """Within one tick at either end (what is seen of a thread ends with its last row), the counters' lag, and
    the 10 ms that a step leaves unbooked when no wait was seen."""
    recording = played(scripts, lag)
    for tid, script in enumerate(scripts, 1):
        wall = (sum(ticks for _, ticks in script) + 2) * TICK
        total = sum(part.weight for part in slices_of(recording) if part.tid == tid)
        assert pytest.approx(wall, abs=3 * TICK + lag / 1e9) == total


def by_key(slices):
    found = defaultdict(float)
    for part in slices:
        found[part.tid, part.time, part.object, part.stack] += part.weight
    return {key: seconds for key, seconds in found.items() if seconds > 1e-9}


@settings(max_examples=40, deadline=None)
@given(st.lists(acts(st.integers(1, 40), DOING[:-2]), min_size=1, max_size=3), CUTS)
def test_folding_in_pieces_equals_folding_at_once(scripts, cuts):
    recording = played(scripts)
    in_pieces = slices_of(recording, {cut for cut in cuts if cut < len(recording.ticks.ticks)})
    assert pytest.approx(by_key(slices_of(recording)), abs=1e-9) == by_key(in_pieces)


@settings(max_examples=40, deadline=None)
@given(acts(st.integers(1, 40)), CUTS)
def test_a_cut_moves_no_more_than_the_queue_time_that_it_cuts(script, cuts):
    """A thread that was woken and has no CPU yet looks as if it still waited: the delay comes with its next
    row, which may be in the next piece."""
    recording = played([script])
    cuts = {cut for cut in cuts if cut < len(recording.ticks.ticks)}
    cut_queues = start = 0
    for what, ticks in script:
        cut_queues += ticks * any(start < cut <= start + ticks + 1 for cut in cuts) * (what in DOING[-2:])
        start += ticks
    at_once, in_pieces = by_key(slices_of(recording)), by_key(slices_of(recording, cuts))
    moved = sum(abs(at_once.get(key, 0) - in_pieces.get(key, 0)) for key in at_once | in_pieces)
    assert moved <= cut_queues * TICK + 1e-9
