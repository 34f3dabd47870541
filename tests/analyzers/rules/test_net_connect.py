import pytest

from perfdiag.analyzers.rules.net_connect import SPEC
from perfdiag.model import Object, ObjectType, TimeClass
from tests.analyzers.rules.signals_made import DATABASE, LOAD, said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.09, 0.08, 0.1), []),
    ((0.12, 0.08, 0.16), ["inconclusive"]),
    ((0.12, 0.1, 0.14), ["notice"]),
    ((0.35, 0.3, 0.4), ["warning"]),
    ((0.8, 0.7, 0.9), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("time.connect", *known))


def test_waiting_for_an_answer_is_not_connecting():
    assert [] == said(SPEC, share("time.network", 0.9))


def test_it_names_where_it_connects_to():
    (found,) = said(SPEC, share("time.connect", 0.4, where=LOAD, object=DATABASE))
    expected = "load (orders.py:88) waits to be connected to postgresql at 10.0.0.7:5432 for 40 % of the busy"
    assert f"{expected} time." == found.summary
    assert ("at the other end: postgres (pid 812)",) == found.chain
    assert frozenset({TimeClass.CONNECT}) == found.claim.times


def test_the_name_of_a_peer_is_no_command():
    peer = Object(id=0, type=ObjectType.TCP, name="x; reboot")
    assert "dst 'x; reboot'" in said(SPEC, share("time.connect", 0.4, object=peer))[0].next
    socket = Object(id=0, type=ObjectType.UNIX, name="/run/$(reboot)")
    assert "reboot" not in said(SPEC, share("time.connect", 0.4, object=socket))[0].next
