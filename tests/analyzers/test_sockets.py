import pytest

from perfdiag.analyzers.sockets import SPEC
from perfdiag.attribution.fold import Attribution
from perfdiag.model import Kind, Sample, Snapshot
from perfdiag.plugins import Step
from perfdiag.timetable import TimeTable
from perfdiag.units import Unit
from tests.attribution.test_accepting import Server, recorded
from tests.recordings_made import META, PID, STDLIB, Shop, run, wait


def said(recording, table):
    """What the analyzer says after all snapshots of the recording."""
    state = SPEC.start(META)
    for snapshot in recording.snapshots:
        step = Step(
            snapshot=snapshot, slices=(), table=table, processes=recording.processes,
            threads=recording.threads, objects=recording.objects, stacks=recording.stacks,
        )  # fmt: skip
        state = SPEC.step(state, step)
    return SPEC.signals(state, recording.window[1])


def named(signals, name):
    return [signal for signal in signals if signal.name == name]


def test_the_waits_of_the_one_thread_that_accepts_are_told_while_connections_wait():
    server = Server()
    server.thread(1, run(1, server.accepts), *2 * (run(10, server.serves), server.sleeps(90)), main=True)
    signals = said(*recorded(server, 10))
    (waiting,) = named(signals, "accept.waiting")
    assert (1.0, "0.0.0.0:80", str(PID)) == (
        waiting.estimate.value, waiting.label("address"), waiting.label("pid"),
    )  # fmt: skip
    (serving,) = named(signals, "accept.serving")
    assert pytest.approx(1.8 / 2.01, abs=0.01) == serving.estimate.value
    assert ("serve_one", "main thread") == (serving.where.function, serving.label("group"))


def test_where_several_threads_accept_the_queue_is_told_alone():
    server = Server()
    for tid in (1, 2):
        turn = (run(10, server.serves), server.sleeps(90))
        server.thread(tid, run(1, server.accepts), *2 * turn)
    signals = said(*recorded(server, 10))
    assert 1 == len(named(signals, "accept.waiting"))
    assert [] == named(signals, "accept.serving")


def test_a_queue_that_is_empty_makes_nobody_serve_too_slowly():
    server = Server()
    server.thread(1, run(1, server.accepts), *2 * (run(10, server.serves), server.sleeps(90)), main=True)
    signals = said(*recorded(server, 0))
    assert [0.0] == [signal.estimate.value for signal in named(signals, "accept.waiting")]
    assert [] == named(signals, "accept.serving")


def segments(sent, again, peer):
    values = (("sent", sent), ("retransmitted", again))
    return tuple(
        Sample(
            name="tcp.peer.segments", value=value, unit=Unit.COUNT, kind=Kind.COUNTER,
            labels=(("pid", str(PID)), ("peer", peer), ("kind", kind)),
        )
        for kind, value in values
    )  # fmt: skip


def times(busy, held_up, peer):
    return tuple(
        Sample(
            name="tcp.peer.time", value=value, unit=Unit.SECONDS, kind=Kind.COUNTER,
            labels=(("pid", str(PID)), ("peer", peer), ("kind", kind)),
        )
        for kind, value in (("busy", busy), ("held up", held_up))
    )  # fmt: skip


def lossy(shop, again, held_up=0.0):
    recording = shop.recording()
    peer = "10.0.0.7:5432"
    recording.snapshots[:] = [
        Snapshot(
            at=at, wall=at, samples=segments(100 * n, again * n, peer) + times(1.0 * n, held_up * n, peer)
        )
        for n, at in enumerate((1.0, 2.0, 3.0))
    ]
    table = TimeTable(start=recording.window[0])
    slices, groups = Attribution(recording).step(0, len(recording.ticks.ticks), recording.window[1])
    for part in slices:
        table.add(part, groups[part.process, part.tid])
    return recording, table


def test_the_waits_for_a_peer_to_which_segments_are_sent_again_are_told_with_their_share():
    shop = Shop()
    shop.thread(1, *5 * (run(20, shop.price), wait(20, "recvfrom", shop.load, shop.database)))
    signals = said(*lossy(shop, 10))
    (again,) = named(signals, "tcp.again")
    assert (0.1, "10.0.0.7:5432") == (again.estimate.value, again.label("peer"))
    (waits,) = named(signals, "tcp.again.wait")
    assert pytest.approx(0.5) == waits.estimate.value
    assert ("load", "postgresql") == (waits.where.function, waits.object.service)


def sends_slowly(again, held_up):
    shop = Shop()
    shop.thread(1, *5 * (run(20, shop.price), wait(20, "sendto", shop.load, shop.database)))
    return named(said(*lossy(shop, again, held_up)), "tcp.again.wait")


def test_a_wait_for_room_that_the_peer_makes_is_not_one_for_what_is_sent_again():
    assert ["network send"] == [one.label("times") for one in sends_slowly(10, 0.1)]
    assert [] == sends_slowly(10, 0.9)


def test_pauses_that_are_few_do_not_explain_a_long_wait():
    shop = Shop()
    shop.thread(1, *50 * (run(2, shop.price), wait(20, "recvfrom", shop.load, shop.database)))
    assert [] == named(said(*lossy(shop, 1)), "tcp.again.wait")
    assert [] != named(said(*lossy(shop, 20)), "tcp.again.wait")


def test_without_segments_that_are_sent_again_there_is_nothing_to_wait_for():
    shop = Shop()
    shop.thread(1, *5 * (run(20, shop.price), wait(20, "recvfrom", shop.load, shop.database)))
    assert [] == named(said(*lossy(shop, 0)), "tcp.again.wait")


def test_before_the_first_step_there_are_no_signals():
    assert () == SPEC.signals(SPEC.start(META), 0.0)


def streaming(peer, *, works=5, loop=True):
    """A program that waits in its event loop, and a peer that takes little of what it sends."""
    shop = Shop()
    leaf = f"{STDLIB}/selectors.py:468 EpollSelector.select"
    rest = (f"{STDLIB}/asyncio/base_events.py:1898 BaseEventLoop._run_once",) if loop else ()
    rests = shop.stack(leaf, *rest, "feed.py:40 main")
    shop.thread(1, *4 * (run(works, shop.price), wait(100 - works, "epoll_wait", rests)), main=True)
    recording = shop.recording()
    recording.snapshots = [
        Snapshot(at=recording.window[0] + second, wall=0.0, samples=times(second, 0.9 * second, peer))
        for second in range(5)
    ]
    table = TimeTable(start=recording.window[0])
    slices, groups = Attribution(recording).step(0, len(recording.ticks.ticks), recording.window[1])
    for part in slices:
        table.add(part, groups[part.process, part.tid])
    return named(said(recording, table), "tcp.held-up.loop")


def test_a_peer_holds_up_an_event_loop_that_does_nothing_else():
    (found,) = streaming("10.0.0.7:9000")
    assert pytest.approx(0.9) == found.estimate.value
    assert ("main", "10.0.0.7:9000") == (found.where.function, found.object.name)


def test_slow_clients_busy_loops_and_other_programs_are_not_held_up():
    assert [] == streaming("client 10.0.0.9 of port 80")
    assert [] == streaming("10.0.0.7:9000", works=50)
    assert [] == streaming("10.0.0.7:9000", loop=False)
