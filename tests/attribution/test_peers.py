"""What the other end does is counted in the looks in which it is waited for, and in no others."""

from perfdiag.model import Role, TimeClass
from perfdiag.peer_time import TARGET as THE_TARGET
from perfdiag.peer_time import Wait
from perfdiag.timetable import MOST_BLOCKS
from tests.peers_made import Town, folded


def looks(recording, wait):
    """(looks, {class: looks}) of a relation."""
    blocks = folded(recording).seen.waits.get(wait, [])
    times = {}
    for block in blocks:
        for one, part in block.doing.items():
            times[one.time] = times.get(one.time, 0.0) + part
    return sum(block.looks for block in blocks), times


def waiting_town():
    """The target waits for its database from tick 100 to 299, of 400."""
    town = Town()
    town.at(0, 0)
    town.at(100, 0, "recvfrom", town.database)
    town.at(300, 0)
    peer = town.process(812, "postgres", serves=[(0, town.database)])
    return town, peer, Wait(THE_TARGET, town.database, peer)


def test_only_the_looks_in_which_it_is_waited_for_count():
    town, peer, wait = waiting_town()
    town.at(0, peer)
    town.at(200, peer, "fsync", town.item("/data/wal"))
    assert (200, {TimeClass.PYTHON: 100, TimeClass.FSYNC: 100}) == looks(town.recording(), wait)


def test_a_look_of_many_blocks_has_no_more_of_them_but_longer_ones():
    town, peer, wait = waiting_town()
    town.at(300, 0, "recvfrom", town.database)
    town.at(0, peer)
    town.titles = {812: ["postgres: shop SELECT"] * 600}
    recording = town.recording(40_000)
    blocks = folded(recording).seen.waits[wait]
    assert 400 <= len(blocks) <= MOST_BLOCKS
    assert 39_900 == sum(block.looks for block in blocks) == sum(sum(b.doing.values()) for b in blocks)
    assert {"postgres: shop SELECT"} == {block.title for block in blocks if block.looks}
    assert 399 == blocks[-1].snapshot


def test_two_threads_that_wait_count_twice():
    town, peer, wait = waiting_town()
    town.at(0, 0, "recvfrom", town.database, tid=43)
    town.at(0, peer)
    count, times = looks(town.recording(), wait)
    assert (600, {TimeClass.PYTHON: 600}) == (count, times)


def test_threads_of_a_peer_that_wait_for_work_do_not_count_beside_one_that_computes():
    town, peer, wait = waiting_town()
    town.at(0, peer, "accept4", tid=812)
    town.at(0, peer, tid=813)
    assert {TimeClass.PYTHON: 200} == looks(town.recording(), wait)[1]


def test_threads_that_wait_for_something_do_not_count_beside_one_that_computes():
    town, peer, wait = waiting_town()
    town.at(0, peer, "fsync", town.item("/data/wal"))
    town.at(0, peer, tid=813)
    assert {TimeClass.PYTHON: 200} == looks(town.recording(), wait)[1]


def test_a_peer_with_nothing_in_hand_is_idle():
    town, peer, wait = waiting_town()
    town.at(0, peer, "accept4")
    assert {TimeClass.IDLE: 200} == looks(town.recording(), wait)[1]


def test_a_sleep_that_began_with_the_wait_is_what_the_answer_waits_for():
    town, peer, wait = waiting_town()
    answer = town.stack("/srv/stock.py:30 answer")
    town.at(0, peer, "accept4", stack=answer)
    town.at(101, peer, "clock_nanosleep", stack=answer)
    assert {TimeClass.SLEEP: 199, TimeClass.IDLE: 1} == looks(town.recording(), wait)[1]


def test_a_timer_of_a_peer_is_not_what_the_answer_waits_for():
    town, peer, wait = waiting_town()
    town.at(0, peer, "accept4")
    town.at(0, peer, "clock_nanosleep", stack=town.stack("/srv/stock.py:70 report"), tid=813)
    assert {TimeClass.IDLE: 200} == looks(town.recording(), wait)[1]


def test_a_peer_that_vanishes_counts_for_as_long_as_it_was_there():
    town, peer, wait = waiting_town()
    town.at(0, peer)
    town.at(150, peer, "gone")
    assert (50, {TimeClass.PYTHON: 50}) == looks(town.recording(), wait)


def test_a_peer_whose_calls_may_not_be_read_does_what_is_not_known():
    town, peer, wait = waiting_town()
    town.at(0, peer)
    recording = town.recording()
    calls, processes = recording.ticks.rows.columns["call"], recording.ticks.rows["process"]
    for number, process in enumerate(processes):
        if process == peer:
            calls[number] = -3
    assert {TimeClass.UNKNOWN: 200} == looks(recording, wait)[1]


def test_folding_in_pieces_equals_folding_at_once():
    town, peer, _ = waiting_town()
    for tick in range(0, 400, 7):
        town.at(tick, peer, "" if tick % 2 else "fsync")
    recording = town.recording()
    pieces = folded(recording).seen
    recording.snapshots = recording.snapshots[-1:]
    at_once = folded(recording).seen
    assert pieces.waits.keys() == at_once.waits.keys()
    for wait, blocks in pieces.waits.items():
        assert sum(b.looks for b in blocks) == sum(b.looks for b in at_once.waits[wait])


def test_without_peers_nothing_is_counted():
    town = Town()
    town.at(0, 0, "recvfrom", town.database)
    town.serve(0, (0, town.database))
    assert {} == folded(town.recording()).seen.waits


def test_a_relation_that_points_nowhere_is_passed_over():
    town, peer, _ = waiting_town()
    town.at(0, peer)
    town.serve(peer, (99, town.database), (0, 9_999), (0, town.database))
    assert 1 == len(folded(town.recording()).seen.waits)


def test_workers_of_the_target_wait_as_the_target():
    town, peer, wait = waiting_town()
    worker = town.process(50, "shop", role=Role.WORKER)
    town.serve(peer, (worker, town.database))
    town.at(0, worker, "recvfrom", town.database)
    town.at(0, peer)
    assert 600 == looks(town.recording(), wait)[0]
