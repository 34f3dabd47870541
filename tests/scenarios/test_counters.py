"""What the kernel is asked for as evidence, of this process and a child of it."""

import os
import subprocess
import threading
from collections.abc import Iterator

import pytest

from tests.scenarios.counters import (
    blocked_call,
    holdings_of,
    threads_of,
    times_of,
    tree_of,
)


@pytest.fixture
def child() -> Iterator[int]:
    """A process that waits for its input."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        while blocked_call((process.pid, process.pid)) != "S read":
            assert process.poll() is None
        yield process.pid
        assert process.stdin
        process.stdin.close()


def test_a_tree_is_a_process_with_its_children(child: int) -> None:
    assert [child] == tree_of(child)
    assert os.getpid() == tree_of(os.getpid())[0]
    assert child in tree_of(os.getpid())


def test_a_blocked_thread_shows_its_state_and_call(child: int) -> None:
    assert "S read" == blocked_call((child, child))
    assert "R" == blocked_call((os.getpid(), threading.get_native_id()))


def test_what_is_gone_has_no_counters() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    assert "gone" == blocked_call((process.pid, process.pid))
    assert set() == threads_of([process.pid])
    assert 0 == times_of([(process.pid, process.pid)])["cpu"]
    assert 0 == holdings_of([process.pid])["descriptors"]


def test_times_and_holdings_are_of_the_processes_asked_for(child: int) -> None:
    own = times_of(threads_of([os.getpid()]))
    assert 0 < own["cpu"]
    assert own["user"] + own["kernel"] == pytest.approx(own["cpu"], abs=1)
    assert 1 <= holdings_of([os.getpid()])["resident MB"]
    read, write = os.pipe()
    before = holdings_of([os.getpid()])["descriptors"]
    os.close(read)
    os.close(write)
    assert before - 2 == holdings_of([os.getpid()])["descriptors"]
