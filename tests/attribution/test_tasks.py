"""Truth tests of the waiting time of asyncio tasks: the rows that the sampler writes, the seconds in them."""

from dataclasses import replace

import pytest

from perfdiag.attribution.fold import Attribution
from perfdiag.model import ObjectType, Thread, TimeClass
from perfdiag.recording import Recording
from perfdiag.ticks import FIRST_TASK, RUNNING, TASK, RowFlag
from tests.recordings_made import STDLIB, TICK, Script, queue, run, seconds_of, slices_of, wait

ASYNCIO = f"{STDLIB}/asyncio"
LOOP = 7  # thread
FIRST, SECOND = FIRST_TASK, FIRST_TASK + 1
NETWORK, SLEEP, IDLE = TimeClass.NETWORK, TimeClass.SLEEP, TimeClass.IDLE


class Tasks(Script):
    """A thread that runs an event loop, and tasks in rows (tick, task, call, stack, moved, flags)."""

    def __init__(self) -> None:
        super().__init__()
        self.peer = -1
        self.rows: list[tuple[int, int, int, int, bool, RowFlag]] = []
        self.selects = self.stack(
            f"{STDLIB}/selectors.py:5 select", f"{ASYNCIO}/base_events.py:9 _run_once", "app.py:90 <module>"
        )
        self.fetch = self.stack(f"{ASYNCIO}/streams.py:5 StreamReader._wait_for_data", "app.py:7 fetch")

    def loop(self, *acts) -> None:
        self.thread(LOOP, *acts, main=True)

    def idle_loop(self, ticks: int = 100) -> None:
        self.loop(wait(ticks, "epoll_wait", self.selects))

    def waits(self, tick: int, stack: int, tid: int = FIRST, *, moved: bool = True) -> None:
        self.rows.append((tick, tid, TASK, stack, moved, RowFlag(0)))

    def runs(self, tick: int, tid: int = FIRST) -> None:
        self.rows.append((tick, tid, RUNNING, -1, True, RowFlag(0)))

    def ends(self, tick: int, tid: int = FIRST) -> None:
        self.rows.append((tick, tid, TASK, -1, False, RowFlag.GONE))

    def made(self, *, ports: tuple[int, ...] = ()) -> Recording:
        tids = {row[1] for row in self.rows}
        self.threads += [Thread(process=0, tid=tid, name="task", main=False, loop=LOOP) for tid in tids]
        recording = self.recording()
        recording.processes = [replace(recording.processes[0], ports=ports)]
        rows = recording.ticks.rows
        merged = list(rows.rows())
        for tick, tid, call, stack, moved, flags in self.rows:
            merged.append((tick, 0, tid, 0, 0, int(moved), 0, 0, 0, call, self.peer, stack, int(flags)))
        merged.sort(key=lambda row: (row[0], row[2]))
        for at, name in enumerate(rows.names):
            rows.columns[name][:] = type(rows[name])("q", [row[at] for row in merged])
        return recording


def test_a_task_waits_from_one_look_to_the_next() -> None:
    tasks = Tasks()
    tasks.idle_loop()
    tasks.waits(0, tasks.fetch)
    tasks.runs(30)
    tasks.waits(40, tasks.fetch)
    tasks.ends(60)
    recording = tasks.made()
    assert {NETWORK: 0.5} == seconds_of(recording, FIRST)
    assert {tasks.fetch} == {part.stack for part in slices_of(recording) if part.tid == FIRST}


def test_a_wait_for_a_peer_is_a_wait_for_the_only_one_that_there_is() -> None:
    tasks = Tasks()
    tasks.idle_loop()
    tasks.peer = tasks.item(ObjectType.TCP, "10.0.0.7:5432")
    tasks.waits(0, tasks.fetch)
    tasks.waits(50, tasks.stack(f"{ASYNCIO}/locks.py:5 Lock.acquire", "app.py:7 work"))
    found = {(part.time, part.object) for part in slices_of(tasks.made()) if part.tid == FIRST}
    assert {(NETWORK, tasks.peer), (TimeClass.LOCK, -1)} == found


def test_a_task_is_of_the_group_of_its_own_coroutine() -> None:
    tasks = Tasks()
    tasks.idle_loop()
    tasks.waits(
        0, tasks.stack(f"{ASYNCIO}/queues.py:5 Queue.get", "app.py:20 take", "/srv/app.py:7 Pool.work")
    )
    recording = tasks.made()
    _, groups = Attribution(recording).step(0, 50, 5000.5)
    assert {LOOP: "main thread", FIRST: "task Pool.work (app.py)"} == {
        tid: group for (_, tid), group in groups.items()
    }


def test_while_its_loop_is_held_up_a_tasks_wait_is_not_counted() -> None:
    tasks = Tasks()
    blocked = tasks.stack("app.py:50 slow", f"{ASYNCIO}/events.py:8 Handle._run", "app.py:90 <module>")
    idle, held_up = wait(30, "epoll_wait", tasks.selects), wait(60, "clock_nanosleep", blocked)
    tasks.loop(run(5, tasks.selects), idle, run(5, tasks.selects), held_up)
    tasks.waits(0, tasks.fetch)
    recording = tasks.made()
    found = seconds_of(recording, FIRST)
    assert pytest.approx({NETWORK: 0.3, IDLE: 0.7}, abs=2 * TICK) == found


def test_a_loop_that_waits_for_a_cpu_holds_up_nobody() -> None:
    tasks = Tasks()
    turn = (wait(10, "epoll_wait", tasks.selects), queue(20, tasks.selects), run(2, tasks.selects))
    tasks.loop(*3 * turn, wait(4, "epoll_wait", tasks.selects))
    tasks.waits(0, tasks.fetch)
    assert pytest.approx(0.94, abs=2 * TICK) == seconds_of(tasks.made(), FIRST)[NETWORK]


AWAITED = [
    (("asyncio/tasks.py:5 sleep", "app.py:9 retry", "app.py:7 handle"), SLEEP),
    (("asyncio/tasks.py:5 sleep", "app.py:7 tick_for_ever"), IDLE),
    (("asyncio/locks.py:5 Lock.acquire", "asyncio/locks.py:1 __aenter__", "app.py:7 work"), TimeClass.LOCK),
    (("asyncio/locks.py:5 Semaphore.acquire", "app.py:7 work"), TimeClass.POOL),
    (("asyncio/locks.py:5 Event.wait", "app.py:7 work"), IDLE),
    (("asyncio/queues.py:5 Queue.get", "app.py:7 work"), IDLE),
    (("asyncio/queues.py:5 Queue.put", "app.py:7 work"), TimeClass.QUEUE),
    (("asyncio/subprocess.py:5 Process.communicate", "app.py:7 work"), TimeClass.CHILD),
    (("asyncio/threads.py:5 to_thread", "app.py:7 work"), IDLE),
    (("asyncio/selector_events.py:5 sock_connect", "app.py:7 work"), TimeClass.CONNECT),
    (("asyncio/streams.py:5 StreamWriter.drain", "app.py:7 work"), TimeClass.SEND),
    (("app.py:7 awaits_a_future_of_its_own",), IDLE),
    (("app.py:30 fetch", "<asyncio>:0 await task", "app.py:7 work"), IDLE),
    (
        ("asyncio/streams.py:5 StreamReader._wait_for_data", "redis/asyncio/connection.py:3 read_response",
         "app.py:7 work"),
        NETWORK,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), AWAITED)
def test_each_await_is_of_its_class(lines: tuple[str, ...], expected: TimeClass) -> None:
    tasks = Tasks()
    tasks.idle_loop()
    places = {"asyncio/": f"{STDLIB}/", "redis/": f"{STDLIB}/site-packages/"}
    frames = [next((p for s, p in places.items() if line.startswith(s)), "") + line for line in lines]
    tasks.waits(0, tasks.stack(*frames))
    assert {expected: 1.0} == seconds_of(tasks.made(), FIRST)


def test_a_server_waits_for_requests_on_its_streams_and_a_client_for_answers() -> None:
    tasks = Tasks()
    tasks.idle_loop()
    tasks.waits(0, tasks.fetch)
    assert {NETWORK: 1.0} == seconds_of(tasks.made(), FIRST)
    assert {IDLE: 1.0} == seconds_of(tasks.made(ports=(80,)), FIRST)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(ObjectType.CHILD, TimeClass.CHILD), (ObjectType.PIPE, IDLE), (ObjectType.TCP, NETWORK)],
)
def test_a_stream_may_come_from_a_child(kind: ObjectType, expected: TimeClass) -> None:
    tasks = Tasks()
    tasks.idle_loop()
    tasks.peer = tasks.item(kind, "git")
    tasks.waits(0, tasks.fetch)
    assert {expected: 1.0} == seconds_of(tasks.made(), FIRST)


def test_a_wait_of_which_nothing_came_may_be_for_work() -> None:
    tasks = Tasks()
    tasks.idle_loop()
    tasks.waits(0, tasks.fetch, moved=False)
    tasks.waits(60, tasks.fetch, moved=True)
    tasks.waits(20, tasks.fetch, SECOND, moved=False)  # born during the look
    recording = tasks.made()
    assert {IDLE: 0.6, NETWORK: 0.4} == seconds_of(recording, FIRST)
    assert {NETWORK: 0.8} == seconds_of(recording, SECOND)


def test_tasks_of_a_lively_loop_go_on_though_they_are_always_seen_in_the_same_wait() -> None:
    tasks = Tasks()
    tasks.loop(*40 * (wait(4, "epoll_wait", tasks.selects), run(1, tasks.selects)))  # 20 times a second
    for tid in range(FIRST, FIRST + 4):
        tasks.waits(0, tasks.fetch, tid, moved=False)
    recording = tasks.made()
    assert (
        0.7 < seconds_of(recording, FIRST)[NETWORK] <= 0.8
    )  # of the second half: it is known after a second
    for tid in range(FIRST + 4, FIRST + 6):
        tasks.waits(0, tasks.fetch, tid, moved=False)
    assert NETWORK not in seconds_of(tasks.made(), FIRST)


def test_a_sleep_of_a_task_that_takes_work_is_no_timer() -> None:
    tasks = Tasks()
    tasks.idle_loop()
    takes = tasks.stack(f"{ASYNCIO}/queues.py:5 Queue.get", "app.py:7 work")
    sleeps = tasks.stack(f"{ASYNCIO}/tasks.py:5 sleep", "app.py:8 work")
    tasks.waits(0, takes)
    tasks.waits(10, sleeps)
    assert {IDLE: 0.1, SLEEP: 0.9} == seconds_of(tasks.made(), FIRST)


def test_the_holder_of_a_lock_is_the_task_further_on_in_the_function_that_takes_it() -> None:
    tasks = Tasks()
    tasks.idle_loop()
    acquires = (f"{ASYNCIO}/locks.py:5 Lock.acquire", f"{ASYNCIO}/locks.py:1 __aenter__")
    takes = tasks.stack(*acquires, "app.py:7 update", "app.py:2 work")
    holds = tasks.stack("app.py:30 commit", "app.py:8 update", "app.py:2 work")
    elsewhere = tasks.stack("app.py:30 commit", "app.py:40 other", "app.py:2 work")
    tasks.waits(0, takes)
    tasks.waits(0, elsewhere, SECOND)
    tasks.waits(50, holds, SECOND)
    awaits_first = tasks.stack(
        *acquires, "app.py:7 update", "app.py:2 work", "<asyncio>:0 await task", "app.py:1 m"
    )
    tasks.waits(0, awaits_first, SECOND + 1)
    parts = [part for part in slices_of(tasks.made()) if part.tid == FIRST]
    assert {TimeClass.LOCK} == {part.time for part in parts}
    assert {-1: 0.5, holds: 0.5} == {
        other: round(sum(part.weight for part in parts if part.other == other), 6)
        for other in {part.other for part in parts}
    }


def test_a_stack_that_ends_in_the_mark_of_an_awaited_task_tells_nothing() -> None:
    tasks = Tasks()
    tasks.idle_loop()
    tasks.waits(0, tasks.stack(f"{ASYNCIO}/tasks.py:5 sleep", "app.py:8 work", "<asyncio>:0 await task"))
    assert {IDLE: 1.0} == seconds_of(tasks.made(), FIRST)


def test_folding_in_pieces_equals_folding_at_once() -> None:
    tasks = Tasks()
    acts = (wait(20, "epoll_wait", tasks.selects), run(13, tasks.selects))
    tasks.loop(*3 * acts)
    for tick in range(0, 90, 10):
        (tasks.runs if tick % 30 == 0 else tasks.waits)(tick, *([] if tick % 30 == 0 else [tasks.fetch]))
    tasks.ends(93)
    recording = tasks.made()
    at = [ns / 1e9 for ns in recording.ticks.ticks["at_ns"]]
    whole = Attribution(recording).step(0, len(at), at[-1])[0]
    pieces = Attribution(recording)
    parts = [part for n in range(len(at)) for part in pieces.step(n, n + 1, at[n])[0]]
    for time in (NETWORK, IDLE):
        expected = sum(part.weight for part in whole if (part.tid, part.time) == (FIRST, time))
        assert pytest.approx(expected, abs=1e-6) == sum(
            part.weight for part in parts if (part.tid, part.time) == (FIRST, time)
        )
        assert expected > 0
