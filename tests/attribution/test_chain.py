"""The sentences about the other ends of waits."""

from perfdiag.model import ObjectType
from tests.peers_made import Town, chain, sentences

UPDATE = "postgres: shop shop 127.0.0.1(41000) UPDATE waiting"
IDLE_IN = "postgres: shop shop 127.0.0.1(41002) idle in transaction"
IDLE = "postgres: shop shop 127.0.0.1(41004) idle"


def town_with(*serves, pid=812, comm="postgres", ppid=800):
    """The target waits for its database all the time; the number of its peer."""
    town = Town()
    town.at(0, 0, "recvfrom", town.database)
    return town, town.process(pid, comm, ppid=ppid, serves=serves or [(0, town.database)])


def test_a_peer_that_computes_is_told_with_the_function():
    town, peer = town_with(comm="python3")
    town.at(0, peer, stack=town.stack("/srv/stock.py:30 Stock.count", "/srv/stock.py:9 answer"))
    (said,) = sentences(town.recording(), town.database)
    assert (
        "at the other end: python3 (pid 812) computes in Stock.count (stock.py:30) for 100 % of that time"
        " (400 looks)" == said
    )


def test_what_the_peer_waits_for_is_named():
    town, peer = town_with()
    town.at(0, peer, "fsync", town.item("/data/wal", ObjectType.FILE))
    assert (
        "postgres (pid 812) waits for a flush to disk of /data/wal"
        in sentences(town.recording(), town.database)[0]
    )


def test_the_chain_goes_on_with_the_one_that_the_peer_waits_for():
    town, peer = town_with(comm="api")
    cache = town.item("127.0.0.1:6379", service="redis")
    town.at(0, peer, "recvfrom", cache)
    town.at(0, town.process(900, "redis-server", serves=[(peer, cache)]))
    first, second = sentences(town.recording(), town.database)
    assert "api (pid 812) waits for the answer of redis at 127.0.0.1:6379" in first
    assert "redis-server (pid 900) computes for 100 % of that time (400 looks)" == second


def test_a_chain_ends_after_three_hops():
    town, peer = town_with(pid=901)
    for pid in (902, 903, 904):
        item = town.item(f"127.0.0.1:{pid}")
        town.at(0, peer, "recvfrom", item)
        peer = town.process(pid, "relay", serves=[(peer, item)])
    town.at(0, peer)
    assert [901, 902, 903] == [link.pid for link in chain(town.recording(), town.database)]


def test_two_processes_that_wait_for_each_other_are_told_so():
    town, peer = town_with(comm="api")
    back = town.item("127.0.0.1:9000")
    town.at(0, peer, "recvfrom", back)
    town.serve(0, (peer, back))
    first, second = sentences(town.recording(), town.database)
    assert "api (pid 812) waits for the answer of 127.0.0.1:9000" in first
    assert "api (pid 812) and shop (pid 42) wait for each other" == second


def test_peers_that_wait_in_a_circle_are_told_so():
    town, first = town_with(comm="api", pid=901)
    there, back = town.item("127.0.0.1:1"), town.item("127.0.0.1:2")
    town.at(0, first, "recvfrom", there)
    second = town.process(902, "stock", serves=[(first, there)])
    town.at(0, second, "recvfrom", back)
    town.serve(first, (0, town.database), (second, back))
    assert (
        "stock (pid 902) and api (pid 901) wait for each other"
        == sentences(town.recording(), town.database)[-1]
    )


def test_of_a_pool_of_connections_the_idle_ones_are_left_out():
    town, peer = town_with()
    town.at(0, peer, "accept4")
    busy = town.process(813, "postgres", serves=[(0, town.database)])
    town.at(0, busy)
    assert [813] == [link.pid for link in chain(town.recording(), town.database)]


def test_processes_that_do_the_same_are_told_once():
    town, peer = town_with()
    town.at(0, peer)
    for pid in (813, 814):
        town.at(0, town.process(pid, "postgres", serves=[(0, town.database)]))
    (said,) = sentences(town.recording(), town.database)
    assert said.endswith("; 2 more processes do likewise")


def test_too_few_looks_say_nothing():
    town, peer = town_with()
    town.at(0, peer)
    town.at(3, 0)
    assert [] == sentences(town.recording(), town.database)


def test_a_lock_of_a_database_and_who_may_hold_it():
    town, peer = town_with()
    town.at(0, peer, "epoll_wait")
    town.titles = {812: [UPDATE], 813: [IDLE_IN], 814: [IDLE], 816: [UPDATE]}
    first, second = sentences(town.recording(), town.database)
    assert (
        "at the other end: postgres (pid 812) waits for a lock of the database for 100 % of that time"
        " (400 looks)" == first
    )
    assert (
        "pid 813 is idle in transaction since before the look and is the only other one in a transaction"
        " that does not wait" == second
    )


def test_of_several_in_a_transaction_none_is_accused_alone():
    town, peer = town_with()
    town.at(0, peer, "epoll_wait")
    town.titles = {
        812: [UPDATE],
        813: [IDLE, IDLE_IN],
        815: [IDLE_IN.replace("idle in transaction", "SELECT")],
    }
    _, said = sentences(town.recording(), town.database)
    assert (
        "one of those in a transaction that do not wait has the lock: pid 813 is idle in transaction;"
        " pid 815 runs SELECT" == said
    )


def test_a_lock_that_was_waited_for_in_a_small_part_is_not_told():
    town, peer = town_with()
    town.at(0, peer)
    town.titles = {812: [UPDATE, IDLE, IDLE, IDLE], 813: [IDLE_IN]}
    (said,) = sentences(town.recording(), town.database)
    assert "computes for 100 % of that time" in said


def test_the_other_end_of_what_nobody_has_met_has_no_sentence():
    town, _ = town_with()
    assert [] == sentences(town.recording(), town.item("10.0.0.7:80"))
