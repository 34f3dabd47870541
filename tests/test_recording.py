from perfdiag.model import Role, Snapshot
from perfdiag.recording import Recording
from tests.peers_made import Town
from tests.recordings_made import META, Shop, run


def ticks(recording, *times):
    for at in times:
        recording.ticks.ticks.append(round(at * 1e9), 0)
    return recording


def snapshots(recording, *times):
    recording.snapshots += [Snapshot(at=at, wall=0.0) for at in times]
    return recording


def spans(recording):
    return [(snapshot.at, start, stop) for snapshot, start, stop in recording.tick_spans()]


def test_the_window_spans_ticks_and_snapshots():
    recording = Recording(meta=META)
    assert (0.0, 0.0) == recording.window
    ticks(recording, 10.0, 11.0)
    assert (10.0, 11.0) == recording.window
    snapshots(recording, 9.5, 10.5)
    assert (9.5, 11.0) == recording.window


def test_a_snapshot_has_the_ticks_since_the_one_before():
    recording = snapshots(ticks(Recording(meta=META), 1.0, 1.5, 2.0, 2.5), 1.0, 2.0, 3.0)
    assert [(1.0, 0, 1), (2.0, 1, 3), (3.0, 3, 4)] == spans(recording)


def test_the_last_snapshot_takes_the_ticks_that_came_after_it():
    assert [(1.0, 0, 3)] == spans(snapshots(ticks(Recording(meta=META), 1.0, 1.5, 2.0), 1.0))


def test_a_recording_without_ticks_still_has_its_snapshots():
    assert [(1.0, 0, 0), (2.0, 0, 0)] == spans(snapshots(Recording(meta=META), 1.0, 2.0))


def test_every_tick_of_a_recording_is_in_one_span():
    shop = Shop()
    shop.thread(1, run(250, shop.price))
    recording = shop.recording()
    assert [(0, 101), (101, 201), (201, 251)] == [(start, stop) for _, start, stop in spans(recording)]


def test_without_peers_a_recording_is_that_of_the_target():
    shop = Shop()
    shop.thread(1, run(10, shop.price))
    recording = shop.recording()
    assert recording is recording.of_the_target()


def test_peers_are_left_out_of_what_is_judged_and_what_is_left_has_new_numbers():
    town = Town()
    town.at(0, town.process(812, "postgres", serves=[(0, town.database)]))
    town.at(0, 0, "recvfrom", town.database)
    town.at(5, town.process(50, "shop", role=Role.WORKER))
    recording = town.recording(10)
    recording.ticks.gil.append(0, 1, 812, 1)
    recording.ticks.gil.append(5, 2, 50, 1)
    target = recording.of_the_target()
    assert [42, 50] == [one.pid for one in target.processes]
    assert [(0, 42), (1, 50)] == [(one.process, one.tid) for one in target.threads]
    rows = target.ticks.rows
    assert [(0, 0, 42), (5, 1, 50)] == list(zip(rows["tick"], rows["process"], rows["tid"], strict=True))
    assert [(5, 1, 50, 1)] == list(target.ticks.gil.rows())
    assert (10, 3) == (len(target.ticks.ticks), len(recording.ticks.rows))
