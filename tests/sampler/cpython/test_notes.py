import shutil
import time
from pathlib import Path

import pytest

from perfdiag.host.elf import Mapping, parse_maps
from perfdiag.sampler.cpython.notes import notes
from tests.sampler.cpython.conftest import PROGRAMS, Start, attach

PATIENCE = 10.0


def _loaded(*paths: str) -> list[Mapping]:
    return [Mapping(0x1000, 0x2000, "r-xp", 0, 7, path) for path in paths]


def test_a_plain_program_needs_no_note(interpreter: str, start: Start) -> None:
    target = start(interpreter, str(PROGRAMS / "recursion.py"))
    reader = attach(target.pid)
    found = notes(parse_maps(Path(f"/proc/{target.pid}/maps").read_text()), reader)
    assert (reader.runtime.version < (3, 11)) == (len(found) == 1)
    assert all("no qualified names" in note for note in found)


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (["/venv/lib/uvloop/loop.cpython-312-x86_64-linux-gnu.so"], "uvloop is loaded"),
        (["/venv/lib/greenlet/_greenlet.cpython-312-x86_64-linux-gnu.so"], "greenlet is loaded"),
        (
            ["/venv/lib/greenlet/_greenlet.abi3.so", "/venv/lib/gevent/_gevent_cgreenlet.abi3.so"],
            "gevent is loaded",
        ),
    ],
)
def test_what_runs_code_out_of_sight_is_told_by_its_library(paths: list[str], words: str) -> None:
    (note,) = notes(_loaded(*paths), None)
    assert words in note


def test_files_named_alike_are_no_library_of_that_kind() -> None:
    assert () == notes(_loaded("/srv/uvloop/loop.py", "/venv/lib/gevent/notes.txt", "/opt/greenlet.so"), None)


@pytest.mark.parametrize("library", ["gevent", "eventlet", "uvloop"])
def test_real_libraries_are_seen_in_the_map(library: str, start: Start) -> None:
    python = shutil.which("python3", path="/usr/bin")
    code = f"import {library}, time; print('ready' if {library} else '', flush=True); time.sleep(60)"
    try:
        target = start(str(python), "-c", code)
    except AssertionError:
        pytest.skip(f"{library} is not installed for {python}")
    (note,) = notes(parse_maps(Path(f"/proc/{target.pid}/maps").read_text()), None)
    assert {"eventlet": "greenlet"}.get(library, library) in note


def test_interpreters_with_a_gil_of_their_own_are_read_and_told(interpreter: str, start: Start) -> None:
    """And a thread state that runs nothing, of the thread that made the interpreter, hides no stack."""
    target = start(interpreter, str(PROGRAMS / "subinterpreters.py"))
    reader = attach(target.pid)
    inside = reader.runtime.version >= (3, 13)
    expected = {"outside", "inside"} if inside else {"outside"}
    seen: set[str] = set()
    deadline = time.monotonic() + PATIENCE
    while seen < expected and time.monotonic() < deadline:
        tick = reader.tick(None)
        for tid, stack in tick.stacks.items():
            names = {frame.function for frame in reader.frames(stack)} & {"outside", "inside"}
            assert names <= {"outside" if tid == target.pid else "inside"}
            seen |= names
    assert expected == seen
    told = [note for note in notes((), reader) if "2 subinterpreters" in note]
    assert (reader.runtime.version >= (3, 12)) == bool(told)
