import pytest

from perfdiag.analyzers.rules.net_peer_wait import SPEC
from perfdiag.model import UNCONNECTED, Object, ObjectType, TimeClass
from tests.analyzers.rules.signals_made import DATABASE, LOAD, said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.09, 0.08, 0.1), []),
    ((0.12, 0.08, 0.16), ["inconclusive"]),
    ((0.12, 0.1, 0.14), ["notice"]),
    ((0.31, 0.29, 0.33), ["notice"]),
    ((0.35, 0.3, 0.4), ["warning"]),
    ((0.9, 0.8, 0.95), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("time.network", *known))


def test_nothing_is_said_without_the_signal():
    assert [] == said(SPEC)


def test_another_limit_gives_another_verdict():
    signal = share("time.network", 0.2)
    assert ["notice"] == verdicts(SPEC, signal, share_notice=0.2, share_warning=0.9, share_critical=0.95)
    assert [] == verdicts(SPEC, signal, share_notice=0.2 + 0.001, share_warning=0.9, share_critical=0.95)


def test_it_names_the_service_and_the_process_at_the_other_end():
    (found,) = said(SPEC, share("time.network", 0.4, where=LOAD, object=DATABASE))
    assert (
        "load (orders.py:88) waits for postgresql at 10.0.0.7:5432 for 40 % of the busy time."
        == found.summary
    )
    assert ("at the other end: postgres (pid 812)",) == found.chain
    assert "perfdiag profile -p 812" in found.next
    assert frozenset({"10.0.0.7:5432"}) == found.claim.objects
    assert frozenset({TimeClass.NETWORK}) == found.claim.times


def test_each_peer_is_judged_by_its_own_share():
    one = share("time.network", 0.4, where=LOAD, object=DATABASE)
    assert ["warning"] == verdicts(SPEC, one, share("time.network", 0.05, where=LOAD))


def test_a_peer_without_a_name_gets_what_no_other_signal_has():
    signals = (share("time.network", 0.5, where=LOAD), share("time.network", 0.4, object=DATABASE))
    rest, database = said(SPEC, *signals)
    assert (frozenset(), frozenset({"10.0.0.7:5432"})) == (rest.claim.objects, rest.claim.others)
    assert (frozenset({"10.0.0.7:5432"}), frozenset()) == (database.claim.objects, database.claim.others)
    assert "load (orders.py:88) waits for its peers for 50 % of the busy time." == rest.summary


def test_the_name_of_a_peer_is_no_command():
    peer = Object(id=0, type=ObjectType.TCP, name="x; reboot")
    assert "dst 'x; reboot'" in said(SPEC, share("time.network", 0.4, object=peer))[0].next
    socket = Object(id=0, type=ObjectType.UNIX, name="/run/$(reboot)")
    assert "reboot" not in said(SPEC, share("time.network", 0.4, object=socket))[0].next


def test_who_is_asked_by_sockets_without_a_peer_is_left_open():
    peers = Object(id=0, type=ObjectType.UDP, name=UNCONNECTED)
    (found,) = said(SPEC, share("time.network", 0.9, where=LOAD, object=peers))
    assert found.next.startswith("tcpdump")
    assert any("net.dns" in link for link in found.chain)
