from dataclasses import replace

import pytest

from perfdiag.attribution.accepting import acceptors, engage, pressing_queues, serving, unaccepted
from perfdiag.attribution.fold import Attribution
from perfdiag.model import Kind, ObjectType, Sample, Snapshot, TimeClass
from perfdiag.timetable import TimeTable
from perfdiag.units import Unit
from tests.recordings_made import PID, STDLIB, Shop, run, wait

ADDRESS = "0.0.0.0:80"


class Server(Shop):
    """One thread that accepts and serves; `seen`: to accept."""

    def __init__(self, *, seen: bool = True) -> None:
        super().__init__()
        main = ("web.py:9 main", "web.py:20 <module>")
        self.accepts = self.stack(f"{STDLIB}/socket.py:290 socket.accept", *main) if seen else -1
        self.serves = self.stack("web.py:4 serve_one", *main)
        self.pause = self.stack("report.py:3 wait", "report.py:7 loop")

    def sleeps(self, ticks):
        return wait(ticks, "clock_nanosleep", self.serves)


def counted(name, value, **labels):
    labels = tuple({"pid": str(PID), "address": ADDRESS, **labels}.items())
    return Sample(name=name, value=value, unit=Unit.COUNT, kind=Kind.COUNTER, labels=labels)


def recorded(server, waited):
    """The recording, with so many of ten looks in which connections waited, and its time table."""
    recording = server.recording()
    ends = [(0.0, 0.0), (10.0, waited)]
    first, last = recording.snapshots[0], recording.snapshots[-1]
    made = [
        Snapshot(at=at, wall=0.0, samples=(counted("accept.looks", n), counted("accept.waited", m)))
        for at, (n, m) in zip((first.at - 1, last.at), ends, strict=True)
    ]
    recording.snapshots[:] = made
    table = TimeTable(start=recording.window[0])
    slices, groups = Attribution(recording).step(0, len(recording.ticks.ticks), recording.window[1])
    for part in slices:
        table.add(part, groups[part.process, part.tid])
    return recording, table


def who(recording, table):
    return acceptors(str(PID), table, recording.processes, recording.stacks, recording.objects)


def test_the_share_of_looks_in_which_connections_waited_is_that_of_the_window():
    before = Snapshot(at=0.0, wall=0.0, samples=(counted("accept.looks", 5), counted("accept.waited", 5)))
    after = Snapshot(at=1.0, wall=1.0, samples=(counted("accept.looks", 25), counted("accept.waited", 10)))
    assert {(str(PID), ADDRESS): 0.25} == unaccepted([before, after])
    assert {} == unaccepted([before])


@pytest.mark.parametrize("labels", [(), (("pid", "²"), ("address", ADDRESS))])
def test_a_queue_of_no_process_presses_nobody(labels):
    server = Server()
    server.thread(1, run(10, server.serves), main=True)
    recording, table = recorded(server, 10)
    for number, snapshot in enumerate(recording.snapshots):
        samples = tuple(replace(sample, labels=labels) for sample in snapshot.samples)
        recording.snapshots[number] = replace(snapshot, samples=samples)
    assert [1.0] == list(unaccepted(recording.snapshots).values())
    assert {} == pressing_queues(recording, table)


def test_who_was_seen_to_accept_accepts():
    server = Server()
    server.thread(1, run(1, server.accepts), *3 * (run(3, server.serves), server.sleeps(50)), main=True)
    server.thread(2, run(200, server.price, gil=False))
    recording, table = recorded(server, 10)
    found = who(recording, table)
    assert ("main thread", 1) == (found.group, found.threads)
    assert "main" == next(iter(found.functions)).rpartition(":")[2]
    assert {"main thread": 1.0} == pressing_queues(recording, table)


def test_where_nobody_was_seen_to_it_is_who_is_always_at_work_and_computes_most():
    server = Server(seen=False)
    server.thread(1, *4 * (run(3, server.serves), server.sleeps(47)), main=True)
    server.thread(2, *4 * (run(0.1, server.pause), wait(49.9, "clock_nanosleep", server.pause)))
    reads = wait(25, "recvfrom", server.load, server.listener)
    server.thread(3, *4 * (run(25, server.price, gil=False), reads))
    found = who(*recorded(server, 10))
    assert ("main thread", frozenset()) == (found.group, found.functions)


def test_of_several_that_are_always_at_work_none_is_chosen():
    server = Server(seen=False)
    server.thread(1, *4 * (run(20, server.serves), server.sleeps(30)), main=True)
    server.thread(2, run(200, server.price, gil=False))
    server.thread(3, *4 * (run(30, server.pause, gil=False), wait(20, "clock_nanosleep", server.pause)))
    server.thread(4, *4 * (run(25, server.pause, gil=False), wait(25, "clock_nanosleep", server.pause)))
    assert None is who(*recorded(server, 10))


@pytest.mark.parametrize(("waited", "idle"), [(10, 0.0), (2, 2.0)])
def test_while_connections_wait_the_one_that_accepts_them_is_not_idle(waited, idle):
    server = Server()
    turn = (run(0.01, server.serves), server.sleeps(49.99))  # next to nothing is done: else a timer
    server.thread(1, run(1, server.accepts), *4 * turn, main=True)
    recording, table = recorded(server, waited)
    table.unaccepted = pressing_queues(recording, table)
    engage(table, recording.stacks, recording.objects)
    spent = {
        time: sum(sum(row.values()) for key, row in table.rows.items() if key.time is time)
        for time in (TimeClass.IDLE, TimeClass.SLEEP)
    }
    assert pytest.approx(idle, abs=0.55) == spent[TimeClass.IDLE]
    assert pytest.approx(2.0, abs=0.05) == sum(spent.values())
    busy, rest = table.by_thread[0, 1, "main thread"][True], table.by_thread[0, 1, "main thread"][False]
    assert pytest.approx(spent[TimeClass.IDLE]) == rest
    assert pytest.approx(2.01, abs=0.01) == busy + rest
    assert table.turns
    assert table.turns.keys() <= table.rows.keys()  # the ends of waits go with them


def test_a_wait_for_a_slow_client_is_one_for_a_peer_while_others_wait():
    server = Server()
    server.thread(1, run(1, server.accepts), wait(99, "recvfrom", server.serves, server.client), main=True)
    recording, table = recorded(server, 10)
    table.unaccepted = pressing_queues(recording, table)
    engage(table, recording.stacks, recording.objects)
    assert TimeClass.NETWORK in {key.time for key in table.rows}


def test_a_wait_to_accept_stays_idle():
    server = Server()
    listening = server.item(ObjectType.TCP, "listen 0.0.0.0:80", served=True)
    server.thread(1, run(1, server.accepts), wait(99, "accept4", server.accepts, listening), main=True)
    recording, table = recorded(server, 10)
    table.unaccepted = pressing_queues(recording, table)
    engage(table, recording.stacks, recording.objects)
    assert TimeClass.IDLE in {key.time for key in table.rows}


def test_what_serves_is_what_the_function_that_accepts_has_called():
    server = Server()
    serves, accepts = server.stacks[server.serves], server.stacks[server.accepts]
    main = frozenset({"web.py:main"})
    assert ["serve_one"] == [frame.function for frame in serving(serves, main).frames]
    assert accepts == serving(accepts, main)
    assert serves == serving(serves, frozenset())
