"""A real database that another process has locked, and a thread that waits for it."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.memory import Memory
from perfdiag.model import ObjectType
from perfdiag.sampler.busy_files import BusyFiles
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.objects import Objects
from perfdiag.sampler.syscalls import CALLS, Wait, parse_syscall

_HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""
read = Memory(os.getpid()).read


def blocked(tid):
    """The call in which a thread sleeps, and its arguments."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        number, arguments = parse_syscall(Path(f"/proc/self/task/{tid}/syscall").read_bytes())
        call = CALLS.get(number)
        if call is not None and call.wait is Wait.SLEEP:
            return call.name, arguments
    raise AssertionError("it does not sleep")


def asked_of(thread):
    """What is said of a thread that sleeps again and again, each time for a while: of one of the looks."""
    files = BusyFiles(Host(), os.getpid())
    found = None
    while found is None and thread.is_alive():
        found = files.waited_for(*blocked(thread.native_id), read)
    return found


def write(path, patience):
    database = sqlite3.connect(path, timeout=patience, isolation_level=None)
    try:
        database.execute("INSERT INTO visits VALUES (1)")
    finally:
        database.close()


@contextlib.contextmanager
def held(path):
    """Another process that has the database locked."""
    command = [sys.executable, "-c", _HOLD, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        holder.stdout.readline()
        yield holder


@pytest.fixture(autouse=True)
def _all_files(monkeypatch):
    """The process is that of the tests, which has more open than is looked at."""
    monkeypatch.setattr("perfdiag.sampler.busy_files._FILES", 10_000)


@pytest.fixture(params=["DELETE", "WAL"])
def database(tmp_path, request):
    path = tmp_path / "visits.sqlite3"
    with sqlite3.connect(path) as made:
        made.execute(f"PRAGMA journal_mode = {request.param}")
        made.execute("CREATE TABLE visits (page INTEGER)")
    yield path
    made.close()


def test_who_waits_for_a_database_waits_for_the_process_that_has_it_locked(database):
    with held(database) as holder:
        thread = threading.Thread(target=write, args=(database, 20.0))
        thread.start()
        assert (str(database), holder.pid) == asked_of(thread)
        holder.stdin.close()
        thread.join()


def test_the_object_of_such_a_wait_is_the_file_and_its_peer_the_process_that_has_it(database):
    pidfd, inspector = os.pidfd_open(os.getpid()), Inspector()
    objects = Objects(
        pid=os.getpid(), pidfd=pidfd, procfs="/proc", inspector=inspector, read=read, gil_range=(0, 0),
        interned=Interned(),
    )  # fmt: skip
    with held(database) as holder:
        thread = threading.Thread(target=write, args=(database, 20.0))
        thread.start()
        number = -1
        while number < 0 or objects.list[number].type is ObjectType.FUTEX:  # it waits for our GIL
            number = objects.resolve(Path(f"/proc/self/task/{thread.native_id}/syscall").read_bytes())
        item = objects.list[number]
        assert (ObjectType.FILE, str(database), holder.pid) == (item.type, item.name, item.peer_pid)
        holder.stdin.close()
        thread.join()
    objects.close()
    inspector.close()
    os.close(pidfd)


def test_another_connection_of_the_same_process_may_have_it(database):
    own = sqlite3.connect(database, isolation_level=None)
    own.execute("BEGIN IMMEDIATE")
    thread = threading.Thread(target=write, args=(database, 20.0))
    thread.start()
    assert (str(database), os.getpid()) == asked_of(thread)
    own.execute("ROLLBACK")
    thread.join()
    own.close()


def test_who_sleeps_of_its_own_waits_for_nothing_though_a_database_is_locked(database):
    own = sqlite3.connect(database, isolation_level=None)
    own.execute("BEGIN IMMEDIATE")
    thread = threading.Thread(target=time.sleep, args=(0.1,))
    thread.start()
    assert BusyFiles(Host(), os.getpid()).waited_for(*blocked(thread.native_id), read) is None
    thread.join()
    own.close()
