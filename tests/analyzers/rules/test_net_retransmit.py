import pytest

from perfdiag.analyzers.rules.net_retransmit import SPEC
from perfdiag.model import TimeClass
from tests.analyzers.rules.signals_made import DATABASE, LOAD, said, share, verdicts

PEER = (("peer", "10.0.0.7:5432"), ("pid", "42"))
LOST = share("tcp.again", 0.1, 0.05, 0.15, labels=PEER)
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
    assert expected == verdicts(SPEC, LOST, share("tcp.again.wait", *known, labels=PEER))


@pytest.mark.parametrize(("low", "expected"), [(0.019, []), (0.02, ["warning"])])
def test_a_segment_that_is_lost_now_and_then_is_none_of_it(low, expected):
    again = share("tcp.again", 0.05, low, 0.1, labels=PEER)
    assert expected == verdicts(SPEC, again, share("tcp.again.wait", 0.5, labels=PEER))


def test_it_names_the_peer_and_the_code_that_waits():
    (found,) = said(SPEC, LOST, share("tcp.again.wait", 0.5, where=LOAD, object=DATABASE, labels=PEER))
    expected = (
        "10 % of the segments to postgresql at 10.0.0.7:5432 are sent again, and load (orders.py:88) waits"
        " for it for 50 % of the busy time."
    )
    assert expected == found.summary
    assert frozenset({"10.0.0.7:5432"}) == found.claim.objects


def test_the_share_of_the_whole_host_is_told_beside_it():
    host = share("use.tcp.saturation", 0.01)
    (found,) = said(SPEC, LOST, host, share("tcp.again.wait", 0.5, labels=PEER))
    assert ("the same, of the whole host", 0.01) in [(one.name, one.value) for one in found.evidence]


def test_it_claims_the_waits_that_were_counted():
    labels = (*PEER, ("times", "network"))
    (found,) = said(SPEC, LOST, share("tcp.again.wait", 0.5, labels=labels))
    assert frozenset({TimeClass.NETWORK}) == found.claim.times
