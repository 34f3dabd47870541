"""Interpreters and running programs for the reader's tests."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perfdiag.host.elf import parse_maps
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.layout import Unsupported
from perfdiag.sampler.cpython.reader import Reader
from perfdiag.sampler.cpython.runtime import Runtime, locate

PROGRAMS = Path(__file__).parent / "programs"
NEWER = ("3.14", "3.15")  # most systems have neither: see tools/newer-pythons
OWN = "{}.{}".format(*sys.version_info)  # the others have a make target of their own
VERSIONS = (
    *(
        pytest.param(version, marks=[] if version == OWN else pytest.mark.interpreters)
        for version in ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
    ),
    *(pytest.param(version, marks=pytest.mark.newer_pythons) for version in NEWER),
)

Start = Callable[..., "subprocess.Popen[bytes]"]


def newer_pythons() -> Path:
    """Where tools/newer-pythons puts what it makes."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("PERFDIAG_NEWER_PYTHONS") or cache / "perfdiag" / "newer-pythons")


def find(version: str) -> str | None:
    """`pythonX.Y` from PERFDIAG_PYTHONS (directories, ':' between them), ~/.pyenv/versions, the folder that
    tools/newer-pythons makes, or PATH."""
    name = f"python{version}"
    folders = [Path(folder) for folder in os.environ.get("PERFDIAG_PYTHONS", "").split(":") if folder]
    folders += sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin"))
    folders.append(newer_pythons())
    found = [folder / name for folder in folders if (folder / name).exists()]
    return str(found[0]) if found else shutil.which(name)


def _found(version: str) -> str:
    path = find(version)
    if path is None:
        hint = "; `make newer-pythons` gets it" if version in NEWER else ""
        pytest.skip(f"python{version} is neither on PATH nor in ~/.pyenv nor in PERFDIAG_PYTHONS{hint}")
    return path


@pytest.fixture(params=VERSIONS)
def interpreter(request: pytest.FixtureRequest) -> str:
    """Path of each CPython that the reader knows."""
    return _found(request.param)


@pytest.fixture(params=NEWER)
def newer_interpreter(request: pytest.FixtureRequest) -> str:
    """Path of each CPython whose asyncio tasks can be read."""
    return _found(request.param)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts `interpreter programs/NAME.py`, or a command, and waits for its line 'ready'."""
    children: list[subprocess.Popen[bytes]] = []

    def run(*command: str, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
        child = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE)
        children.append(child)
        assert child.stdout is not None
        assert b"ready\n" == child.stdout.readline()
        return child

    yield run
    for child in children:
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                stream.close()


def attach(pid: int) -> Reader:
    return Reader(pid, Memory(pid), parse_maps(Path(f"/proc/{pid}/maps").read_text()))


@pytest.fixture(scope="session")
def own_runtime() -> Runtime:
    """The interpreter that runs the tests: its objects can be read like another process's."""
    maps = parse_maps(Path("/proc/self/maps").read_text())
    try:
        return locate(Memory(os.getpid()), maps)
    except Unsupported as error:
        pytest.skip(f"the tests run in an interpreter that cannot be read: {error}")
