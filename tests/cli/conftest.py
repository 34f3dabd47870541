"""What the tests of the command line look at: one busy program, and one look at it, shared by all of them."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.running import BUSY, Ended, perfdiag, python, runs_on


@pytest.fixture(scope="session")
def busy_program():
    with python(BUSY) as process:
        yield process.pid


@pytest.fixture
def busy(busy_program):
    """Process id of a program that computes; it must be unharmed after each test."""
    yield busy_program
    assert runs_on(busy_program)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A finished `perfdiag profile`, and the folder of its files: run.json, run.perfdiag, ..."""

    ended: Ended
    folder: Path

    @property
    def recording(self):
        return str(self.folder / "run.perfdiag")

    def read(self, name):
        return (self.folder / name).read_text("utf-8")


@pytest.fixture(scope="session")
def look(busy_program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("look")
    outputs = [("-o", folder / f"run.{suffix}") for suffix in ("json", "perfdiag", "collapsed", "txt")]
    ended = perfdiag("profile", "-p", busy_program, "-d", "1.2", *(word for pair in outputs for word in pair))
    return Look(ended=ended, folder=folder)
