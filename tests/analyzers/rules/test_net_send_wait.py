import pytest

from perfdiag.analyzers.rules.net_send_wait import SPEC
from perfdiag.model import Object, ObjectType, TimeClass
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

VIEWER = Object(id=0, type=ObjectType.TCP, name="client 10.0.0.9 of port 8080", served=True)
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
    assert expected == verdicts(SPEC, share("time.send", *known))


def test_waiting_for_an_answer_is_not_waiting_for_room():
    assert [] == said(SPEC, share("time.network", 0.9))


def test_it_names_who_is_slow():
    (found,) = said(SPEC, share("time.send", 0.4, where=LOAD, object=VIEWER))
    assert "waits for client 10.0.0.9 of port 8080 to take what it sends for 40 %" in found.summary
    assert () == found.chain
    assert frozenset({TimeClass.SEND}) == found.claim.times
    assert "pid=42," in found.next


@pytest.mark.parametrize(
    ("known", "expected"),
    [((0.6, 0.4, 0.8), []), ((0.6, 0.5, 0.7), ["notice"]), ((0.9, 0.8, 1.0), ["warning"])],
)
def test_a_peer_without_room_for_what_a_loop_sends_is_judged_by_its_share_of_the_time(known, expected):
    assert expected == verdicts(SPEC, share("tcp.held-up.loop", *known, where=LOAD, object=VIEWER))


def test_a_loop_that_waits_for_its_peer_claims_no_time_of_threads():
    held_up = share("tcp.held-up.loop", 0.9, where=LOAD, object=VIEWER)
    (found,) = said(SPEC, held_up)
    assert "has no room for what the event loop in load (orders.py:88) sends for 90 %" in found.summary
    assert found.claim is None
    (found,) = said(SPEC, held_up, share("time.send", 0.4, where=LOAD, object=VIEWER))
    assert found.claim is not None
