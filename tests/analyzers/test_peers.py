"""What is told of the other ends, from a recording to a signal."""

from perfdiag.analyzers.peers import SPEC
from perfdiag.attribution.peers import Peers
from perfdiag.engine import diagnose
from perfdiag.options import Options
from perfdiag.plugins import Step
from perfdiag.timetable import TimeTable
from tests.peers_made import PORT, Town


def town():
    made = Town()
    load = made.stack("/srv/shop/orders.py:88 load", "/srv/shop/views.py:4 serve")
    made.at(0, 0, stack=load)
    for tick in range(0, 400, 8):  # it moves, or it would be a thread that never works
        made.at(tick + 1, 0, "recvfrom", made.database, stack=load)
        made.at(tick + 8, 0, stack=load)
    peer = made.process(812, "postgres", serves=[(0, made.database)])
    made.at(0, peer)
    return made


def signals(recording):
    peers, state = Peers(recording), SPEC.start(recording.meta)
    for snapshot, start, stop in recording.tick_spans():
        peers.step(start, stop, snapshot)
        step = Step(
            snapshot=snapshot, slices=(), table=TimeTable(start=0.0), processes=recording.processes,
            threads=(), objects=recording.objects, stacks=recording.stacks, peers=peers.seen,
        )  # fmt: skip
        state = SPEC.step(state, step)
    return SPEC.signals(state, 1.0)


def test_a_sentence_is_a_signal_with_its_share():
    (found,) = signals(town().recording())
    assert ("peer.does", PORT, "812", "computes", "1", "") == (
        found.name,
        found.object.name,
        *(found.label(name) for name in ("pid", "does", "hop", "locked")),
    )
    assert found.label("text").startswith("at the other end: postgres (pid 812) computes for 100 %")
    assert (1.0, True) == (found.estimate.value, 0.7 < found.estimate.low < 1)


def test_a_target_without_peers_has_no_such_signal():
    made = Town()
    made.at(0, 0, "recvfrom", made.database)
    assert () == signals(made.recording())


def test_the_chain_stands_in_the_finding_and_the_peer_nowhere_else():
    made = town()
    report = diagnose(made.recording(), Options())
    alone = town()
    alone.processes = alone.processes[:1]
    alone.rows = [row for row in alone.rows if row[1] == 0]
    without = diagnose(alone.recording(), Options())
    (finding,) = [one for one in report.findings if one.kind == "net.peer-wait"]
    (same,) = [one for one in without.findings if one.kind == "net.peer-wait"]
    assert "postgres (pid 812) computes for 100 % of that time" in finding.chain[0]
    assert "perfdiag profile -p 812" in finding.next
    assert () == same.chain
    assert (report.breakdown, report.groups) == (without.breakdown, without.groups)
    assert (same.gain, same.impact, same.subject) == (finding.gain, finding.impact, finding.subject)
    assert {one.subject for one in without.findings} == {one.subject for one in report.findings}
