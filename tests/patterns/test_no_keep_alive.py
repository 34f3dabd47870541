import pytest

from perfdiag.patterns.no_keep_alive import SPEC
from tests.patterns.cases_made import case, part, signals


def recognised(share, seen, *, turns=200, **more):
    found = SPEC.recognise(case(part(8.0, turns), **more), signals(tcp_peer_fresh=(share, seen)))
    return found and found.evidence.value


def test_connections_that_are_all_new_are_not_kept():
    assert 0.9 == recognised(0.9, 20)


@pytest.mark.parametrize(
    ("share", "seen", "more"),
    [(0.5, 20, {}), (1.0, 2, {}), (1.0, 20, {"turns": 5}), (1.0, 20, {"item": None})],
    ids=["half are kept", "two were seen", "seldom", "no peer"],
)  # fmt: skip
def test_anything_else_is_not_told(share, seen, more):
    assert recognised(share, seen, **more) is None
