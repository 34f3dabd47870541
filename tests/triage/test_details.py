import os
import subprocess
import sys

import pytest

from perfdiag.errors import Denied
from perfdiag.host import Host
from perfdiag.host.sweep import Sweep
from perfdiag.triage.activity import key_of
from perfdiag.triage.details import Details
from perfdiag.triage.records import Figure

HOLDS = """
import socket
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
peer, _ = server.accept()
client.sendall(b"x" * 5000)
held = [open("/dev/null") for _ in range(50)]
print("ready", flush=True)
input()
"""


@pytest.fixture
def child():
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        yield process.pid
        process.kill()


def test_a_process_has_its_owner_its_files_and_its_sockets(child):
    sweep, details = Sweep(Host()), Details(Host())
    swept = [one for one in sweep.take() if one.pid in (child, os.getpid())]
    sweep.close()
    details.begin(10.0, swept)
    details.end(12.0, swept)
    found = {one.pid: details.found[key_of(one)] for one in swept}[child]
    assert os.getuid() == found.uid
    assert found.figures[Figure.DESCRIPTORS].value >= 53
    assert (3, 5000) == (found.figures[Figure.SOCKETS].value, found.figures[Figure.QUEUED].value)
    assert (10.0, 12.0) == found.figures[Figure.READ].window


def test_a_process_that_has_ended_has_nothing(child):
    sweep, details = Sweep(Host()), Details(Host())
    swept = [one._replace(pid=2**22 + 1) for one in sweep.take() if one.pid == child]
    sweep.close()
    details.begin(10.0, swept)
    details.end(12.0, swept)
    assert {} == details.found[key_of(swept[0])].figures
    assert 0 == details.denied.total()


def test_what_is_denied_is_counted(monkeypatch, child):
    def denied(*_):
        raise Denied("no")

    monkeypatch.setattr("perfdiag.triage.details.open_descriptors", denied)
    sweep, details = Sweep(Host()), Details(Host())
    swept = [one for one in sweep.take() if one.pid == child]
    sweep.close()
    details.begin(10.0, swept)
    details.end(12.0, swept)
    assert {"open files": 1} == dict(details.denied)
    assert Figure.DESCRIPTORS not in details.found[key_of(swept[0])].figures
