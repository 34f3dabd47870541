"""Who accepts the connections of a process.

A server whose queue is never empty gets the next connection at once, so it is hardly ever seen in `accept`:
who accepts is a thread in a function that was seen to call it; where none was, the one that is always at
work, for there is always a connection for it, and computes most.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from perfdiag.attribution.blocked import is_timer
from perfdiag.attribution.groups import MAIN, user_frame
from perfdiag.attribution.places import function_key, function_keys
from perfdiag.attribution.waits import calls_accept, waits_for
from perfdiag.gate import DEFAULTS
from perfdiag.model import ON_CPU, Object, ObjectType, Origin, Process, Snapshot, Stack, TimeClass
from perfdiag.recording import Recording
from perfdiag.timetable import TimeKey, TimeTable

_AS_MUCH = 0.5  # of the CPU time of the one that computes most: a timer computes less than a server
_ALWAYS = 0.9  # of its time with work in hand


class Acceptors(NamedTuple):
    """A group of threads that accept connections, and in which functions of user code."""

    group: str
    threads: int
    functions: frozenset[str]


def acceptors(
    pid: str,
    table: TimeTable,
    processes: Sequence[Process],
    stacks: Sequence[Stack],
    objects: Sequence[Object],
) -> Acceptors | None:
    """Those of a process, by its number; None where they were not seen, or are of several groups."""
    number = next((n for n, process in enumerate(processes) if str(process.pid) == pid), -1)
    functions = frozenset({name for stack in stacks if (name := _accepts(stack))})
    rows = [key for key in table.rows if key.process == number and key.stack >= 0]
    groups = {
        key.group for key in rows if functions and not functions.isdisjoint(function_keys(stacks[key.stack]))
    }
    groups = groups or _always_at_work(rows, table, stacks, objects)
    if len(groups) != 1:
        return None
    group = groups.pop()
    threads = sum(name == group for _, _, name in table.by_thread)
    return Acceptors(group, threads, functions)


def _always_at_work(
    rows: Sequence[TimeKey], table: TimeTable, stacks: Sequence[Stack], objects: Sequence[Object]
) -> set[str]:
    spent: dict[str, float] = defaultdict(float)
    at_work: dict[str, float] = defaultdict(float)
    computed: dict[str, float] = defaultdict(float)
    for key in rows:
        seconds = sum(table.rows[key].values())
        spent[key.group] += seconds
        at_work[key.group] += seconds * (key.time is not TimeClass.IDLE or _in_hand(key, stacks, objects))
        computed[key.group] += seconds * (key.time in ON_CPU)
    always = [group for group in spent if at_work[group] >= _ALWAYS * spent[group]]
    most = max((computed[group] for group in always), default=0.0)
    return {group for group in always if computed[group] >= _AS_MUCH * most}


def _in_hand(key: TimeKey, stacks: Sequence[Stack], objects: Sequence[Object]) -> bool:
    """Whether a wait that counts as idle is none, if there is work: a sleep deeper than that of a timer, a
    client that is slow."""
    item = objects[key.object] if key.object >= 0 else None
    frames = stacks[key.stack].frames if key.stack >= 0 else ()
    if waits_for(frames) is TimeClass.IDLE or (item and item.name.startswith("listen ")):
        return False
    return item is not None or not is_timer(frames, main=key.group.startswith(MAIN))


def engage(table: TimeTable, stacks: Sequence[Stack], objects: Sequence[Object]) -> None:
    """While connections wait, the one thread that accepts them waits for nothing that is not in its way: what
    counted as idle is busy, but for its wait to accept."""
    for group, waited in table.unaccepted.items():
        threads = [spent for (_, _, name), spent in table.by_thread.items() if name == group]
        if len(threads) != 1 or waited < {**DEFAULTS, **table.limits}["unaccepted"]:
            continue
        for key in [key for key in table.rows if key.group == group and key.time is TimeClass.IDLE]:
            if not _in_hand(key, stacks, objects):
                continue
            row = table.rows.pop(key)
            seconds = sum(row.values())
            threads[0][True] += seconds
            threads[0][False] -= seconds
            own = key._replace(time=_own_wait(key, objects))
            known = table.rows.setdefault(own, defaultdict(float))
            for block, part in row.items():
                known[block] += part
            if turns := table.turns.pop(key, 0.0):
                table.turns[own] += turns


def _own_wait(key: TimeKey, objects: Sequence[Object]) -> TimeClass:
    """The class of a wait that is not for work after all."""
    if key.object < 0:
        return TimeClass.SLEEP
    return TimeClass.LOCK if objects[key.object].type is ObjectType.FUTEX else TimeClass.NETWORK


def _accepts(stack: Stack) -> str:
    frame = user_frame(stack.frames) if calls_accept(stack.frames) else None
    return function_key(frame) if frame else ""


def serving(stack: Stack, functions: frozenset[str]) -> Stack:
    """The part of a stack that serves a connection: what the function that accepts has called; all of it
    where that function is not on it, or serves itself."""
    for number, frame in enumerate(stack.frames):
        if function_key(frame) in functions:
            called = stack.frames[:number]
            has_code = any(one.origin is Origin.USER for one in called)
            return Stack(id=stack.id, frames=called) if has_code else stack
    return stack


def pressing_queues(recording: Recording, table: TimeTable) -> dict[str, float]:
    """Group of threads -> share of the looks in which connections waited for it to accept them."""
    found: dict[str, float] = {}
    for (pid, _), share in unaccepted(recording.snapshots).items():
        if share <= 0:
            continue
        who = acceptors(pid, table, recording.processes, recording.stacks, recording.objects)
        if who is not None:
            found[who.group] = max(share, found.get(who.group, 0.0))
    return found


def unaccepted(snapshots: Iterable[Snapshot]) -> Mapping[tuple[str, str], float]:
    """(process id, address) -> share of the looks in which connections waited to be accepted there."""
    first: dict[tuple[str, str, str], float] = {}
    last: dict[tuple[str, str, str], float] = {}
    for snapshot in snapshots:
        for sample in snapshot.samples:
            if sample.name in ("accept.looks", "accept.waited"):
                labels = dict(sample.labels)
                key = (sample.name, labels.get("pid", ""), labels.get("address", ""))
                first.setdefault(key, sample.value)
                last[key] = sample.value
    shares = {}
    for (name, pid, address), value in last.items():
        looks = value - first[name, pid, address]
        if name == "accept.looks" and looks > 0:
            waited = ("accept.waited", pid, address)
            shares[pid, address] = (last.get(waited, 0.0) - first.get(waited, 0.0)) / looks
    return shares
