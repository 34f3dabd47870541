"""Servers that answer, answer garbage, refuse, or never say a word; in threads and as real programs."""

import contextlib
import os
import resource
import socket
import tempfile
import threading
import time
from pathlib import Path

import pytest

from perfdiag.errors import FaultKind
from perfdiag.host.clock import SystemClock
from perfdiag.inspection.looks import Looks
from perfdiag.inspection.source import Source
from tests.scenarios.servers import Unavailable, end_with_parent, postgres, redis

SECRET = "hunter2hunter2"
GARBAGE = [
    b"\x00\xff" * 100,
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"$9999999999\r\n",
    b"+OK\r\n" * 4,
    b"-ERR no\r\n",
]


def asked(service, port, text, *, seconds=40.0):
    """(samples, faults) of one look that begins at once; `seconds` for it."""
    looks = Looks(Source(service, port, text), 0.0, SystemClock())
    looks._due = looks._due[:1]
    until = time.monotonic() + seconds
    samples, faults = [], []
    while not samples and not faults and time.monotonic() < until:
        looks.watch()
        samples, faults = looks.learnt()
        time.sleep(0.01)
    looks.finish()
    return samples, faults


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A host that is busy starts an interpreter late; what is tried here is the server."""
    monkeypatch.setattr("perfdiag.inspection.looks._DEADLINE", 30.0)


@contextlib.contextmanager
def server_that(answers):
    """A port on which every question gets this answer; None: none at all."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        held = []
        with contextlib.suppress(OSError):
            while True:
                one, _ = listening.accept()
                held.append(one)
                if answers is not None:
                    one.recv(1 << 12)
                    one.sendall(answers)

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


def string(service, port):
    if service == "redis":
        return f"redis://:{SECRET}@127.0.0.1:{port}/"
    return f"host=127.0.0.1 port={port} user=shop password={SECRET} dbname=shop"


@pytest.mark.parametrize("answer", [*GARBAGE, None])
@pytest.mark.parametrize("service", ["redis", "postgresql"])
def test_a_server_that_answers_something_else_or_never_is_a_fault(service, answer):
    with server_that(answer) as port:
        samples, faults = asked(service, port, string(service, port))
    assert [] == samples
    assert ["inspect"] == [fault.source for fault in faults]
    assert f"the {service} server at port {port} was not inspected" in faults[0].detail
    assert SECRET not in faults[0].detail


def test_a_server_that_is_not_there_is_a_fault():
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    _, (fault,) = asked("redis", port, string("redis", port))
    assert (FaultKind.DENIED, True) == (fault.kind, fault.detail.endswith("ConnectionRefusedError"))


@pytest.mark.parametrize("spare", [0, 2])
def test_without_descriptors_left_nothing_is_asked(spare):
    looks = Looks(Source("redis", 1, "redis://127.0.0.1:1"), 0.0, SystemClock())
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.ExitStack() as stack:
        highest = max(map(int, os.listdir("/proc/self/fd")))
        while (one := os.dup(0)) <= highest:
            stack.callback(os.close, one)
        os.close(one)
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        resource.setrlimit(resource.RLIMIT_NOFILE, (one + spare, limits[1]))
        looks.watch()
    (fault,) = looks.learnt()[1]
    assert FaultKind.NO_DATA == fault.kind
    assert not any(os.path.exists(f"/proc/self/fd/{number}") for number in range(one, one + 4))


def test_a_look_that_is_not_over_at_the_end_is_told():
    with server_that(None) as port:
        _, faults = asked("redis", port, string("redis", port), seconds=0.05)
        looks = Looks(Source("redis", port, string("redis", port)), 0.0, SystemClock())
        looks.watch()
        looks.finish()
    assert ["late"] == [fault.kind for fault in looks.learnt()[1]]
    assert [] == faults


def test_without_a_source_nothing_is_asked():
    looks = Looks(None, 0.0, SystemClock())
    looks.watch()
    looks.finish()
    assert ([], []) == looks.learnt()


def test_no_more_than_two_looks_are_made():
    with server_that(b"+1\r\n") as port:
        looks = Looks(Source("redis", port, string("redis", port)), 0.0, SystemClock())
        until = time.monotonic() + 60
        made = []
        while len(made) < 2 and time.monotonic() < until:
            looks.watch()
            made += looks.learnt()[1]
            time.sleep(0.01)
        for _ in range(20):
            looks.watch()
    assert (2, None) == (len(made), looks._child)


def test_redis_tells_its_commands_and_clients(tmp_path):
    try:
        with redis(tmp_path, end_with_parent, ["--requirepass", SECRET]) as server:
            samples, faults = asked("redis", server.port, string("redis", server.port))
    except Unavailable as missing:
        pytest.skip(str(missing))
    assert [] == faults
    found = {(one.name, *(value for _, value in one.labels)): one.value for one in samples}
    port = str(server.port)
    assert 1 == found["inspected.command", port, "auth", "calls"]
    assert 0 <= found["inspected.command", port, "auth", "time"] < 1
    assert (0, 0) == (found["inspected.clients", port, "blocked"], found["inspected.slow", port])


def started(psycopg, where):
    """The first connection: a port is open before the database is."""
    for _ in range(100):
        with contextlib.suppress(psycopg.OperationalError):
            return psycopg.connect(where, autocommit=True)
        time.sleep(0.1)
    return psycopg.connect(where, autocommit=True)


def test_postgresql_tells_who_waits_for_whose_lock():
    psycopg = pytest.importorskip("psycopg")
    try:
        with (
            tempfile.TemporaryDirectory() as folder,  # the user postgres may not enter pytest's
            postgres(Path(folder), end_with_parent, ["-c", "fsync=off"]) as server,
        ):
            where = f"host=127.0.0.1 port={server.port} user=postgres dbname=postgres"
            with started(psycopg, where) as one:
                one.execute("CREATE TABLE shows AS SELECT 7 AS id")
            with psycopg.connect(where) as holds, psycopg.connect(where, autocommit=True) as waits:
                holds.execute("UPDATE shows SET id = 7")
                wanted = threading.Thread(target=waits.execute, args=("UPDATE shows SET id = 7",))
                wanted.start()
                time.sleep(0.2)
                samples, faults = asked("postgresql", server.port, where)
                pids = (waits.info.backend_pid, holds.info.backend_pid)
                holds.commit()
                wanted.join()
    except Unavailable as missing:
        pytest.skip(str(missing))
    assert [] == faults
    rows = [(one.name, *(value for _, value in one.labels)) for one in samples]
    port = str(server.port)
    assert ("inspected.lock", port, str(pids[0]), str(pids[1])) in rows
    assert ("inspected.session", port, str(pids[1]), "idle in transaction") in rows
