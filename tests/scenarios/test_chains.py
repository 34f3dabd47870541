"""What perfdiag says of the other end of a wait, on real servers: `pytest -m scenario`."""

import pytest

from perfdiag.diagnosis import Finding
from perfdiag.engine import diagnose
from perfdiag.options import Options
from perfdiag.storage import load, save
from tests.scenarios.cases import SCENARIOS
from tests.scenarios.servers import Unavailable
from tests.scenarios.stage import on_stage
from tests.test_collect import collect

pytestmark = pytest.mark.scenario


def peer_wait(name: str, path: str) -> Finding:
    """The finding of a scenario, live, which is the same from a file."""
    try:
        with on_stage(SCENARIOS[name]) as target:
            recording = collect(target.pid, duration=8.0)
    except Unavailable as missing:
        pytest.skip(str(missing))
    save(recording, path)
    (live,) = [one for one in diagnose(recording, Options()).findings if one.kind == "net.peer-wait"]
    (replayed,) = [one for one in diagnose(load(path), Options()).findings if one.kind == "net.peer-wait"]
    assert (live.chain, live.evidence) == (replayed.chain, replayed.evidence)
    return live


def test_an_update_that_waits_for_the_row_of_a_forgotten_session(tmp_path) -> None:
    pytest.importorskip("psycopg")
    found = peer_wait("net.peer-wait.row-lock", str(tmp_path / "run.perfdiag"))
    waits, holds = found.chain
    assert waits.startswith("at the other end: postgres (pid ")
    assert "waits for a lock of the database for " in waits
    assert "is idle in transaction since before the look and is the only other one in a transaction" in holds
    assert "pg_blocking_pids" in found.next


def test_a_question_that_waits_for_a_server_that_is_busy_with_others(tmp_path) -> None:
    found = peer_wait("net.peer-wait.busy-server", str(tmp_path / "run.perfdiag"))
    assert found.chain[0].startswith("at the other end: redis-server (pid ")
    assert " computes for " in found.chain[0]
    computes = next(one for one in found.evidence if " computes, of the time it is waited for" in one.name)
    assert computes.value > 0.8
