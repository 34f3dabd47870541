"""Which locks threads hold, of real interpreters: who waits for a lock tells its address to the kernel."""

import ctypes
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.held import Held, _ranges
from perfdiag.sampler.syscalls import parse_syscall
from tests.sampler.cpython.conftest import PROGRAMS, Start, attach

KNOWN = ("3.11", "3.12", "3.13")
PATIENCE = 10.0
THREADS = 9  # with the main thread


def _waits_on(pid: int, tid: int) -> int:
    """Address of the futex that a thread waits on."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        _, arguments = parse_syscall(Path(f"/proc/{pid}/task/{tid}/syscall").read_bytes())
        if len(arguments) >= 6:
            return arguments[0]
    raise TimeoutError(f"thread {tid} does not wait")


def test_locks_of_with_blocks_are_told_from_the_outside_in(interpreter: str) -> None:
    command = [interpreter, str(PROGRAMS / "holders.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        try:
            assert child.stderr is not None
            lines = [child.stderr.readline().decode().rstrip().partition(" ") for _ in range(THREADS)]
            tids = {name: int(tid) for tid, _, name in lines}
            time.sleep(0.2)
            reader = attach(child.pid)
            found = {name: reader.held(tids[name]) for name in ("outer_inner", "again", "called")}
            if not any(f"python{version}" in os.path.basename(interpreter) for version in KNOWN):
                assert {"outer_inner": [], "again": [], "called": []} == found
                return
            lock = {
                name.removeprefix("wait "): _waits_on(child.pid, tid)
                for name, tid in tids.items()
                if name.startswith("wait ") and name != "wait left"
            }
            assert [lock["inner"], lock["outer"]] == found["outer_inner"]
            assert 2 * [lock["again"]] == found["again"]
            assert [] == found["called"]
        finally:
            child.kill()


def test_a_thread_that_is_not_there_holds_nothing(start: Start) -> None:
    reader = attach(start(sys.executable, str(PROGRAMS / "waiters.py")).pid)
    assert [] == reader.held(1)


@pytest.mark.skipif((3, 11) > sys.version_info, reason="who holds a lock is told from CPython 3.11 on")
def test_frames_in_a_circle_with_endless_tables_take_no_long_time(start: Start) -> None:
    runtime = attach(start(sys.executable, str(PROGRAMS / "waiters.py")).pid).runtime
    garbage = ctypes.create_string_buffer(b"\x7f" * (1 << 18))
    at, layout = ctypes.addressof(garbage), runtime.layout
    for offset in range(0, 1 << 12, 8):  # every pointer leads back to the beginning, each length is huge
        struct.pack_into("=Q", garbage, offset, at)
    struct.pack_into("=B", garbage, layout.frame_code + struct.calcsize(layout.frame_struct().format) - 1, 0)
    began = time.thread_time()
    assert [] == Held(Memory(os.getpid()), runtime, lambda _: "int").locks([at])
    assert 0.001 < time.thread_time() - began < 0.5


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (b"", []),
        (bytes([0x80 | 3, 5, 9, 2 << 1]), [(3, 8, 2)]),
        (bytes([0x80 | 0x41, 2, 1, 0, 1 << 1 | 1]), [(66, 67, 1)]),  # two groups of six bits
        (bytes([0x80 | 3, 5]), []),  # cut off
    ],
)
def test_an_exception_table_tells_the_depth_of_the_stack(
    table: bytes, expected: list[tuple[int, int, int]]
) -> None:
    assert expected == list(_ranges(table))
