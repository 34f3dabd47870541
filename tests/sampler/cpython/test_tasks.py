"""asyncio tasks of real interpreters; their own tool is the oracle for stopped targets."""

import itertools
import json
import os
import re
import signal
import subprocess
import time
from collections import Counter

import pytest

from perfdiag.model import AWAITED_TASK
from perfdiag.sampler.cpython.reader import RawFrame, Reader
from perfdiag.sampler.cpython.tasks import TaskState
from tests.sampler.cpython.conftest import PROGRAMS, Start, attach

pytestmark = pytest.mark.newer_pythons

PATIENCE = 10.0
BETWEEN = AWAITED_TASK[1]

# task -> what it awaits, the innermost first
TRUTH = {
    "Task-1": ["Queue.get", BETWEEN, "_wait", "wait", "main"],
    "waiter-é": ["Queue.get"],
    "Task-2": ["sleep", "nap"],
    "one of two": ["sleep", "nap", BETWEEN, "joined"],
    "two of two": ["sleep", "nap", BETWEEN, "joined"],
    "holder": ["sleep", "nap", "locked"],
    "contender": ["Lock.acquire", "_ContextManagerMixin.__aenter__", "locked"],
    "gathers": ["Session.receive", "Session.fetch", BETWEEN, "several"],
    "groups": ["sleep", "nap", BETWEEN, "TaskGroup._aexit", "TaskGroup.__aexit__", "grouped"],
    "Task-3": ["Session.receive", "Session.fetch"],
    "Task-4": ["sleep", "nap"],
    "first of the group": ["sleep", "nap"],
    "second of the group": ["sleep", "nap", "rows", "scan"],
}

# prints [[name, [[function, file, line], ...], [awaiting task, ...]], ...] for a process
ORACLE = """
import json, sys
from asyncio.tools import get_all_awaited_by
tasks = [task for thread in get_all_awaited_by(int(sys.argv[1])) for task in thread.awaited_by]
names = {task.task_id: task.task_name for task in tasks}
print(json.dumps([[
    task.task_name,
    [[f.funcname, f.filename, getattr(f, "lineno", None) or f.location.lineno]
     for coroutine in task.coroutine_stack for f in coroutine.call_stack],
    sorted({names[one.task_name] for one in task.awaited_by}),
] for task in tasks]))
"""


def _tasks(reader: Reader, running: int = 0) -> list[TaskState]:
    """The first look in which so many tasks run and the others' stacks were read."""
    deadline = time.monotonic() + PATIENCE
    while True:
        states = reader.tasks() or []
        if states and running == sum(state.stack < 0 for state in states):
            return states
        assert time.monotonic() < deadline


def _functions(reader: Reader, state: TaskState) -> list[str]:
    return [frame.function for frame in reader.frames(state.stack)] if state.stack >= 0 else []


def test_names_and_what_they_await_are_read(newer_interpreter: str, start: Start) -> None:
    target = start(newer_interpreter, str(PROGRAMS / "tasks.py"))
    reader = attach(target.pid)
    states = _tasks(reader)
    assert {state.name: _functions(reader, state) for state in states} == TRUTH
    assert {(target.pid, False)} == {(state.loop, state.running) for state in states}
    assert list(range(len(TRUTH))) == [state.number for state in states]
    assert states == _tasks(reader)


def test_tasks_equal_those_of_the_interpreters_own_tool(newer_interpreter: str, start: Start) -> None:
    target = start(newer_interpreter, str(PROGRAMS / "tasks.py"))
    reader = attach(target.pid)
    _tasks(reader)
    os.kill(target.pid, signal.SIGSTOP)
    states = _tasks(reader)
    command = [newer_interpreter, "-c", ORACLE, str(target.pid)]
    oracle = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=20).stdout)
    names = {state.number: state.name for state in states}
    ours = {}
    for state in states:
        frames = [[frame.function, frame.file, frame.line] for frame in reader.frames(state.stack)]
        own = frames[1 + max((at for at, row in enumerate(frames) if row[0] == BETWEEN), default=-1) :]
        if state.name == "second of the group":  # the tool stops at asynchronous generators
            own = own[-1:]
        ours[state.name] = [own, sorted(names[number] for number in state.awaited_by)]
    # the tool of 3.14 cannot read a name that is not ASCII
    theirs = {name.strip("\0") or "waiter-é": [frames, awaiting] for name, frames, awaiting in oracle}
    assert theirs == ours


def _possible(chain: list[RawFrame], source: list[str]) -> bool:
    """Does each line await the coroutine above it?"""
    for callee, caller in itertools.pairwise(chain):
        if not re.search(rf"\b{callee.function}\(", source[caller.line - 1]):
            return False
    return bool(chain) and chain[-1].function in ("work", "short", "main")


def test_chains_of_tasks_that_never_rest_are_possible(newer_interpreter: str, start: Start) -> None:
    program = PROGRAMS / "moving_tasks.py"
    target = start(newer_interpreter, str(program))
    reader = attach(target.pid)
    source = program.read_text().splitlines()
    seen: Counter[bool] = Counter()
    unread = 0
    for _ in range(300):
        for state in reader.tasks() or ():
            if state.running:
                continue
            unread += state.stack < 0
            if state.stack >= 0:
                own = [frame for frame in reader.frames(state.stack) if frame.file == str(program)]
                if own[-1].function == "main" and len(own) > 1:  # awaits `short`, by a task
                    own.pop()
                seen[_possible(own, source)] += 1
        time.sleep(0.002)
    print(seen, unread)
    assert seen[True] >= 0.98 * seen.total()
    assert seen.total() >= 1000
    assert unread <= 0.5 * (seen.total() + unread)  # as good as running


def test_one_task_runs_while_its_loop_does(newer_interpreter: str, start: Start) -> None:
    code = (
        "import asyncio\n"
        "async def spin():\n"
        " print('ready', flush=True)\n"
        " while True: pass\n"
        "async def main():\n"
        " await asyncio.create_task(spin(), name='spins')\n"
        "asyncio.run(main())\n"
    )
    target = start(newer_interpreter, "-c", code)
    reader = attach(target.pid)
    states = _tasks(reader, running=1)
    assert [("Task-1", False), ("spins", True)] == [(state.name, state.running) for state in states]
    assert [["main"], []] == [_functions(reader, state) for state in states]


def test_a_program_without_asyncio_has_no_tasks(newer_interpreter: str, start: Start) -> None:
    target = start(newer_interpreter, str(PROGRAMS / "recursion.py"))
    assert not attach(target.pid).tasks()


def test_older_interpreters_have_no_tasks_to_be_read(start: Start) -> None:
    target = start("python3", "-c", "import asyncio, time; print('ready', flush=True); time.sleep(60)")
    assert attach(target.pid).tasks() is None
