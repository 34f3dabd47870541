import pytest

from perfdiag.analyzers.rules.net_dns import SPEC
from perfdiag.model import Object, ObjectType, TimeClass
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

RESOLVER = Object(id=0, type=ObjectType.UDP, name="10.0.0.2:53", service="dns")
TABLE = [
    # value, low, high: what is said
    ((0.04, 0.03, 0.05), []),
    ((0.06, 0.04, 0.1), ["inconclusive"]),
    ((0.07, 0.05, 0.1), ["notice"]),
    ((0.25, 0.2, 0.3), ["warning"]),
    ((0.7, 0.6, 0.8), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("time.dns", *known))


def test_waiting_for_an_answer_is_not_waiting_for_a_name():
    assert [] == said(SPEC, share("time.network", 0.9))


def test_it_names_the_resolver():
    (found,) = said(SPEC, share("time.dns", 0.4, where=LOAD, object=RESOLVER))
    expected = "load (orders.py:88) waits for names from dns at 10.0.0.2:53 for 40 % of the busy time."
    assert expected == found.summary
    assert frozenset({TimeClass.DNS}) == found.claim.times
    assert "from a resolver" in said(SPEC, share("time.dns", 0.4))[0].summary
