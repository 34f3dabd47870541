"""Threads that stand still are asked what they hold, of a real program."""

import contextlib
import subprocess
import sys
import time

import pytest

from perfdiag.model import ObjectType
from perfdiag.sampler.still import STILL, Still
from tests.sampler.trees import Followed

PROGRAM = """
import sys, threading
lock, go_on = threading.Lock(), threading.Event()
def hold():
    with lock:
        print(threading.get_native_id(), flush=True)
        go_on.wait()
    threading.Event().wait()
def want():
    with lock:
        threading.Event().wait()
threading.Thread(target=hold, daemon=True).start()
threading.Thread(target=want, daemon=True).start()
sys.stdin.readline()
go_on.set()
sys.stdin.read()
"""

readable = pytest.mark.skipif(
    not (3, 11) <= sys.version_info[:2] <= (3, 13),
    reason="who holds a lock is told from CPython 3.11 to 3.13",
)


@contextlib.contextmanager
def waiting():
    """A program in which a thread holds a lock that another waits for: followed, and the thread."""
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=-1, stdout=-1, text=True)
        )
        stack.callback(process.kill)
        holder = int(process.stdout.readline())
        followed = Followed(process)
        stack.callback(followed.program.close)
        followed.look(lambda: 0 in held_by(followed))
        yield followed, holder


def held_by(followed):
    locks = [one for one in followed.program.interned.list if one.type is ObjectType.FUTEX]
    return {lock.holder for lock in locks}


def go_on(followed):
    followed.process.stdin.write("\n")
    followed.process.stdin.flush()


@readable
def test_a_lock_that_is_waited_for_learns_who_holds_it_until_that_one_moves():
    with waiting() as (followed, holder):
        still, begin, members = Still(followed.program.interned), time.monotonic(), followed.loop.members
        still.look(members, begin)
        still.look(members, begin + STILL / 2)
        assert {0} == held_by(followed)
        still.look(members, begin + STILL)
        assert {0, holder} == {0} | held_by(followed)
        moves = {thread.tid: thread.seen for thread in members[0].threads.by_tid.values()}
        go_on(followed)
        followed.look(lambda: members[0].threads.by_tid[holder].seen != moves[holder])
        still.look(members, begin + 2 * STILL)
        assert {0} == held_by(followed)


@readable
def test_one_that_ends_holds_nothing_any_more():
    with waiting() as (followed, holder):
        still, begin = Still(followed.program.interned), time.monotonic()
        still.look(followed.loop.members, begin)
        still.look(followed.loop.members, begin + STILL)
        assert holder in held_by(followed)
        followed.process.kill()
        followed.look(lambda: not followed.loop.members)
        still.look(followed.loop.members, begin + 2 * STILL)
        assert {0} == held_by(followed)


@readable
def test_one_that_has_moved_since_the_last_tick_is_not_told():
    with waiting() as (followed, _):
        still, begin, members = Still(followed.program.interned), time.monotonic(), followed.loop.members
        still.look(members, begin)
        go_on(followed)
        until = time.monotonic() + 5
        while any(one.schedstat() == one.seen for one in members[0].threads.by_tid.values()):
            assert time.monotonic() < until
        still.look(members, begin + STILL)
        assert {0} == held_by(followed)
