import pytest

from perfdiag.analyzers.rates import SPEC
from perfdiag.model import Snapshot
from perfdiag.plugins import Signals
from perfdiag.samples import counter
from perfdiag.units import Unit

PEER = {"pid": "42", "peer": "10.0.0.7:5432"}


def folded(*moments) -> Signals:
    """`moments`: samples of snapshots two seconds apart."""
    state = SPEC.start(None)
    for number, samples in enumerate(moments):
        state = state.take(Snapshot(at=2.0 * number, wall=0.0, samples=tuple(samples)))
    return Signals(SPEC.signals(state, 0.0))


def sockets(sent, seen, fresh):
    return [
        counter("tcp.peer.segments", sent, **PEER, kind="sent"),
        counter("tcp.peer.connections", seen, **PEER, kind="seen"),
        counter("tcp.peer.connections", fresh, **PEER, kind="fresh"),
    ]


def test_segments_to_a_peer_and_which_connections_to_it_are_new():
    found = folded(sockets(100, 4, 1), sockets(300, 6, 3), sockets(500, 8, 4))
    assert 100.0 == found.value("tcp.peer.sent", peer="10.0.0.7:5432")
    assert 0.75 == found.value("tcp.peer.fresh", peer="10.0.0.7:5432")
    assert "process:42" == found.first("tcp.peer.sent").subject


def test_a_peer_of_which_no_connection_was_seen_has_no_share_of_new_ones():
    assert "tcp.peer.fresh" not in folded(sockets(1, 0, 0), sockets(9, 0, 0))


def test_connects_that_fail_and_bytes_that_are_written():
    def moment(failed, written):
        size = counter("process.io.bytes", written, Unit.BYTES, pid="42", direction="write", layer="calls")
        return [counter("tcp.attempt_fails", failed), size]

    found = folded(moment(5, 1000), moment(25, 9000))
    assert pytest.approx(10.0) == found.value("tcp.failed")
    assert pytest.approx(4000.0) == found.value("process.written")
