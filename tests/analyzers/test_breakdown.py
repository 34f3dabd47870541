import pytest

from perfdiag.analyzers.breakdown import SPEC
from perfdiag.model import ObjectType
from tests.analyzers.folded import shares, signals_of
from tests.recordings_made import META, STDLIB, Script, Shop, run, wait

RECV = "recvfrom"


def named(signals, name):
    return [signal for signal in signals if signal.name == name]


def test_busy_time_is_split_by_class_and_waits_by_object():
    shop = Shop()
    cache = shop.item(ObjectType.TCP, "10.0.0.8:6379", "redis")
    turn = (
        run(20, shop.price),
        wait(50, RECV, shop.load, shop.database),
        run(10, shop.price),
        wait(20, RECV, shop.load, cache),
    )
    shop.thread(1, *5 * turn)
    signals = signals_of(SPEC, shop.recording())
    assert [("time.network", 0.5), ("time.python", 0.3), ("time.network", 0.2)] == shares(signals)
    database, redis = named(signals, "time.network")
    assert ("postgresql", "redis") == (database.object.service, redis.object.service)
    assert ("load", 88) == (database.where.function, database.where.line)
    assert {"process:42"} == {signal.subject for signal in signals}
    assert database.estimate.low <= 0.5 <= database.estimate.high


def test_idle_time_is_no_part_of_the_shares_and_the_load_tells_it():
    shop = Shop()
    shop.thread(1, *4 * (run(60, shop.price), wait(40, RECV, shop.load, shop.client)))
    signals = signals_of(SPEC, shop.recording())
    assert [("time.python", 1.0)] == shares(signals)
    (load,) = named(signals, "group.load")
    assert pytest.approx(0.6) == load.estimate.value
    assert ("serve (views.py)", "1", "1") == tuple(
        load.label(name) for name in ("group", "pressed", "threads")
    )
    assert pytest.approx(0.6) == named(signals, "time.busy")[0].estimate.value


def test_a_group_without_pressure_has_a_load_and_no_shares():
    shop = Shop()
    shop.thread(1, *4 * (run(20, shop.price), wait(80, RECV, shop.load, shop.client)))
    calm = shop.recording()
    assert [] == shares(signals_of(SPEC, calm))
    assert "0" == named(signals_of(SPEC, calm), "group.load")[0].label("pressed")
    assert [("time.python", 1.0)] == shares(signals_of(SPEC, shop.recording(options=(("any", "1"),))))


def test_the_place_of_a_lock_is_where_it_is_held_and_the_other_where_it_is_waited_for():
    shop = Shop()
    shop.thread(1, *4 * (run(80, shop.reserved), wait(20, "futex", shop.reserve, shop.lock)))
    shop.thread(2, *4 * (wait(80, "futex", shop.reserve, shop.lock), run(20, shop.reserved)))
    (lock,) = named(signals_of(SPEC, shop.recording()), "time.lock")
    assert ("reserve", 23) == (lock.where.function, lock.where.line)
    assert ("reserve", 20) == (lock.other.function, lock.other.line)
    assert "futex 0x10" == lock.object.name


def test_the_place_of_the_gil_is_the_code_that_holds_it():
    shop = Shop()
    shop.thread(1, run(200, shop.price))
    shop.thread(2, wait(200, "futex", shop.load, shop.gil_futex))
    (gil,) = named(signals_of(SPEC, shop.recording()), "time.gil")
    assert ("price", "load") == (gil.where.function, gil.other.function)
    assert pytest.approx(0.5) == gil.estimate.value


def test_the_place_of_a_full_queue_is_where_it_is_emptied_and_the_other_where_it_is_filled():
    shop = Shop()
    condition = f"{STDLIB}/threading.py:320 Condition.wait"
    put = shop.stack(condition, f"{STDLIB}/queue.py:140 Queue.put", "mail.py:7 feed")
    got = shop.stack(f"{STDLIB}/queue.py:171 Queue.get", "mail.py:86 drain", "mail.py:99 main")
    deliver = shop.stack("smtp.py:3 deliver", "mail.py:88 drain", "mail.py:99 main")
    for tid in (1, 2):
        shop.thread(tid, run(2, shop.price), wait(98, "futex", put, shop.lock))
    shop.thread(3, run(1, got), wait(99, RECV, deliver, shop.database))
    (queue,) = named(signals_of(SPEC, shop.recording()), "time.queue")
    assert ("drain", 88) == (queue.where.function, queue.where.line)
    assert ("feed", 7) == (queue.other.function, queue.other.line)
    assert None is queue.object


def test_the_place_of_a_turn_is_where_it_is_waited_for_and_the_other_what_is_done_with_it():
    shop = Shop()
    condition = f"{STDLIB}/threading.py:320 Condition.wait"
    borrow = shop.stack(condition, f"{STDLIB}/threading.py:467 Semaphore.acquire", "db.py:9 borrow")
    turn = (run(1, shop.load), wait(19, RECV, shop.load, shop.database), wait(20, "futex", borrow, shop.lock))
    shop.thread(1, *10 * turn)
    shop.thread(2, turn[2], *10 * turn)
    (pool,) = named(signals_of(SPEC, shop.recording()), "time.pool")
    assert ("borrow", 9) == (pool.where.function, pool.where.line)
    assert ("load", 88) == (pool.other.function, pool.other.line)


def test_of_those_that_are_connected_to_the_one_that_takes_longest_is_named():
    shop = Shop()
    peers = [shop.item(ObjectType.TCP, f"10.0.0.{n}:80") for n in range(4)]
    acts = ((run(1, shop.price), wait(10 + n, "connect", shop.load, peer)) for n, peer in enumerate(peers))
    shop.thread(1, *(act for pair in acts for act in pair))
    (connect,) = named(signals_of(SPEC, shop.recording()), "time.connect")
    assert "10.0.0.3:80" == connect.object.name


def test_a_file_is_named_only_when_most_of_the_time_goes_to_it():
    shop = Shop()
    second, third = (shop.item(ObjectType.FILE, f"/var/lib/shop/{n}") for n in (2, 3))
    files = [wait(30, "fsync", shop.append, item) for item in (shop.journal, second, third)]
    shop.thread(1, *(act for item in files for act in (run(1, shop.price), item)))
    (sync,) = named(signals_of(SPEC, shop.recording()), "time.fsync")
    assert None is sync.object
    alone = Shop()
    alone.thread(1, run(1, alone.price), wait(90, "fsync", alone.append, alone.journal))
    assert "/var/lib/shop/journal" == named(signals_of(SPEC, alone.recording()), "time.fsync")[0].object.name


def test_eight_objects_of_a_class_are_told_and_the_others_as_one():
    shop = Shop()
    peers = [shop.item(ObjectType.TCP, f"10.0.0.{n}:80") for n in range(12)]
    acts = (
        act
        for n, peer in enumerate(peers)
        for act in (run(1, shop.price), wait(10 + n, RECV, shop.load, peer))
    )
    shop.thread(1, *acts)
    rest, *found = named(signals_of(SPEC, shop.recording()), "time.network")
    assert [f"10.0.0.{n}:80" for n in range(11, 3, -1)] == [signal.object.name for signal in found]
    assert None is rest.object
    assert pytest.approx((10 + 11 + 12 + 13) / (12 + sum(range(10, 22)))) == rest.estimate.value


def test_the_files_that_are_told_as_one_have_no_name_though_one_of_them_takes_most():
    shop = Shop()
    acts, files = [], [shop.item(ObjectType.FILE, f"/srv/{n}/data.bin") for n in range(10)]
    ticks = [*8 * [20], 15, 1]
    for n, file in zip(ticks, files, strict=True):
        acts += (run(1, shop.price), wait(n, "read", shop.load, file))
    shop.thread(1, *acts)
    *_, rest = named(signals_of(SPEC, shop.recording()), "time.disk")
    assert (None, "") == (rest.object, rest.label("told_as"))


def test_waits_on_unknown_objects_are_told_beside_those_that_have_a_name():
    shop = Shop()
    git = shop.item(ObjectType.CHILD, "git")
    shop.thread(1, run(1, shop.price), wait(60, "wait4", shop.load), wait(40, "wait4", shop.load, git))
    unknown, known = named(signals_of(SPEC, shop.recording()), "time.child")
    assert (None, "git") == (unknown.object, known.object.name)


def test_a_gil_whose_holder_was_not_seen_has_no_place():
    shop = Shop()
    shop.thread(2, wait(200, "futex", shop.load, shop.gil_futex))
    (gil,) = named(signals_of(SPEC, shop.recording()), "time.gil")
    assert (None, "load") == (gil.where, gil.other.function)


def test_without_a_stack_there_is_no_place():
    script = Script()
    script.thread(1, run(100, gil=False))
    signals = signals_of(SPEC, script.recording())
    assert [("time.native", 1.0)] == shares(signals)
    assert None is named(signals, "time.native")[0].where


def test_before_the_first_step_there_are_no_signals():
    assert () == SPEC.signals(SPEC.start(META), 0.0)
