import shlex

import pytest

from perfdiag.analyzers.rules.net_accept_queue import SPEC
from perfdiag.model import IMPOSED, ON_CPU, TimeClass
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

SOCKET = (("pid", "42"), ("address", "0.0.0.0:80"))
SERVING = (*SOCKET, ("group", "main thread"))
FULL = share("accept.waiting", 0.9, labels=SOCKET)
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
    assert expected == verdicts(SPEC, FULL, share("accept.serving", *known, labels=SERVING))


@pytest.mark.parametrize(("low", "expected"), [(0.49, []), (0.5, ["warning"])])
def test_connections_must_wait_for_most_of_the_time(low, expected):
    waiting = share("accept.waiting", 0.7, low, 0.9, labels=SOCKET)
    assert expected == verdicts(SPEC, waiting, share("accept.serving", 0.5, labels=SERVING))


def test_a_queue_that_is_emptied_by_several_is_not_what_is_wrong():
    assert [] == said(SPEC, FULL)


def test_the_queue_of_another_socket_is_not_its_own():
    other = share("accept.waiting", 0.9, labels=(("pid", "42"), ("address", "0.0.0.0:81")))
    assert [] == said(SPEC, other, share("accept.serving", 0.5, labels=SERVING))


def test_it_names_the_socket_and_the_code_that_serves():
    depth = share("accept.depth", 11.0, labels=SOCKET)
    (found,) = said(SPEC, FULL, depth, share("accept.serving", 0.5, where=LOAD, labels=SERVING))
    expected = (
        "Connections, 11.0 on average, wait to be accepted on 0.0.0.0:80 while load (orders.py:88) serves one"
        " of them: it waits for 50 % of the busy time."
    )
    assert expected == found.summary
    assert "listen 0.0.0.0:80" == found.object.name
    assert "ss -ltn 'sport = :80'  # Recv-Q: those that wait" == found.next
    assert ("connections that waited, mean", 11.0) in [(one.name, one.value) for one in found.evidence]


def test_an_address_that_is_none_stays_inside_its_quotes():
    labels = (("pid", "42"), ("address", "'; reboot; '"))
    (found,) = said(
        SPEC, share("accept.waiting", 0.9, labels=labels), share("accept.serving", 0.5, labels=labels)
    )
    assert ["ss", "-ltn", "sport = :'; reboot; '"] == shlex.split(found.next, comments=True)


def test_it_claims_what_the_thread_waits_for_and_not_its_computing():
    (found,) = said(SPEC, FULL, share("accept.serving", 0.5, labels=SERVING))
    assert {TimeClass.SLEEP, TimeClass.NETWORK, TimeClass.LOCK} <= found.claim.times
    assert found.claim.times.isdisjoint(ON_CPU | IMPOSED | {TimeClass.IDLE})
    assert "main thread" == found.claim.group
