from dataclasses import replace

from perfdiag.attribution.reader import Reader
from perfdiag.model import Thread
from perfdiag.ticks import GilFlag
from tests.recordings_made import Shop, run, wait


def test_rows_come_tick_by_tick_with_the_state_of_the_gil():
    shop = Shop()
    shop.thread(1, run(3, shop.price), wait(3, "recvfrom", shop.load, shop.database))
    shop.thread(2, wait(3, "recvfrom", shop.load, shop.database), run(3, shop.price, collecting=True))
    reader = Reader(shop.recording())
    locked = GilFlag.LOCKED
    assert [[1, 2], [1], [1], [1, 2]] == [[row[2] for row in reader.rows(tick)] for tick in range(4)]
    assert {0: (2, locked | GilFlag.COLLECTING)} == reader.gil


def test_ids_that_stand_for_nothing_are_none():
    shop = Shop()
    shop.thread(1, run(1, shop.price))
    reader = Reader(shop.recording())
    assert None is reader.stack(-1)
    assert None is reader.stack(10_000)
    assert None is reader.object(-1)
    assert "10.0.0.7:5432" == reader.object(shop.database).name
    assert None is reader.user(-1)
    assert "price" == reader.user(shop.price).function


def test_threads_that_are_named_later_are_found_later():
    shop = Shop()
    shop.thread(1, run(1, shop.price), name="worker-1")
    recording = shop.recording()
    reader = Reader(recording)
    assert ("worker-1", "?") == (reader.thread(0, 1).name, reader.thread(0, 2).name)
    recording.threads.append(Thread(process=0, tid=2, name="worker-2", main=False))
    assert "worker-2" == reader.thread(0, 2).name


def test_the_parent_of_a_process_is_the_one_before_it_with_that_number():
    shop = Shop()
    shop.thread(1, run(1, shop.price))
    recording = shop.recording()
    parent = recording.processes[0]
    child = replace(parent, pid=parent.pid + 1, ppid=parent.pid)
    recording.processes += [child, parent, child]  # the number was given again
    reader = Reader(recording)
    assert [-1, 0, -1, 2] == [reader.parent(number) for number in range(4)]
