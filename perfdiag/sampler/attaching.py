"""Gives the followed processes their Python readers: when they are chosen, when a child has lived for a
while, and again after another program was started in a process (exec).
"""

import time
from dataclasses import dataclass, field, replace

from perfdiag.errors import Missing
from perfdiag.host.elf import parse_maps
from perfdiag.host.inspector import Inspector
from perfdiag.host.memory import Memory
from perfdiag.host.process import Target
from perfdiag.model import Process, Role
from perfdiag.packs import loaded
from perfdiag.sampler.cpython.notes import notes
from perfdiag.sampler.cpython.reader import Reader, Unsupported, Vanished
from perfdiag.sampler.cpython.runtime import Runtime
from perfdiag.sampler.cpython.static_data import static_data
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.member import Member
from perfdiag.sampler.objects import Objects
from perfdiag.sampler.stacks import Stacks
from perfdiag.sampler.threads import Threads

_AGE = 0.1  # seconds that a child must have lived: before that it is most often about to start a program
_SOON, _AGAIN = 0.1, 0.5  # seconds between two tries, in its first second and later
_STARTING = 3.0  # seconds of life in which a program may still be about to start its interpreter
_PEER_THREADS = 64  # of a peer, followed: the oldest
_ROOM = 1 << 14  # bytes of a child's or a peer's buffer at first; it grows
_ALLOWANCE, _SHARE = 0.1, 0.1  # seconds at once, and of the time: what attaching to children may take


@dataclass(slots=True, kw_only=True)
class Followed:
    """A process, and all that is held of it. `parent` is an index, -1 for one that was chosen."""

    member: Member
    target: Target
    process: Process
    objects: Objects
    memory: Memory
    parent: int
    since: float
    readers: list[Reader] = field(default_factory=list)  # one for each program that ran in it
    reason: str = ""  # why there is no reader
    notes: tuple[str, ...] = ()  # what its stacks do not show
    exe: str = ""  # at the last try
    tried: float = 0.0
    lost: bool = False
    replaced: int = 0  # times that an interpreter went away


def followed(
    index: int,
    target: Target,
    process: Process,
    parent: int,
    *,
    inspector: Inspector,
    interned: Interned,
    stacks: Stacks,
) -> Followed:
    """A process that begins to be followed. OSError when it has ended, or no descriptor is left."""
    procfs = target.host.procfs
    peer = process.role is Role.PEER
    threads = Threads(procfs, target.pid, most=_PEER_THREADS if peer else None)
    memory = Memory(target.pid, capacity=_ROOM) if peer or parent >= 0 else Memory(target.pid)
    objects = Objects(
        pid=target.pid,
        pidfd=target.pidfd,
        procfs=procfs,
        inspector=inspector,
        read=memory.read,
        gil_range=(0, 0),
        interned=interned,
    )
    member = Member(index=index, pid=target.pid, threads=threads, objects=objects, stacks=stacks)
    member.peer = peer
    return Followed(
        member=member,
        target=target,
        process=process,
        objects=objects,
        memory=memory,
        parent=parent,
        since=time.monotonic(),
    )


class Attaching:
    """Attaches when it is time, at most one process at a call; never unless `wanted`."""

    def __init__(self, inspector: Inspector, *, wanted: bool = True) -> None:
        self._inspector, self._wanted = inspector, wanted
        self._started = time.monotonic()
        self._spent = 0.0

    def attach(self, one: Followed, runtime: Runtime | None = None) -> bool:
        """Try now. `runtime`: that of the parent, which a forked child shares. False when there is no
        interpreter that can be read; `one.reason` says why."""
        one.tried = time.monotonic()
        try:
            reader = self._forked(one, runtime) or self._mapped(one)
        except Unsupported as error:
            one.reason = str(error)
        except Missing as error:
            one.reason = f"the memory map could not be read ({error})"
        except (Vanished, OSError) as error:
            one.reason = f"the memory of the target could not be read ({error})"
        else:
            one.member.reader = reader
            one.readers.append(reader)
            one.objects.replaced(one.memory.read, reader.gil_range, parks=reader.runtime.parks)
            one.reason, one.lost = "", False
            return True
        return False

    def _forked(self, one: Followed, runtime: Runtime | None) -> Reader | None:
        """With what is known of the parent; None when another program runs in the child since."""
        if runtime is None:
            return None
        try:
            return Reader(one.target.pid, one.memory, (), runtime)
        except (Unsupported, Vanished, OSError):
            return None

    def _mapped(self, one: Followed) -> Reader:
        mappings = parse_maps(self._inspector.maps(one.target.pid))
        one.process = replace(one.process, modules=loaded(mapping.path for mapping in mappings))
        one.objects.replaced(one.memory.read, static_data(mappings))  # for as long as no more is known
        if not self._wanted:
            raise Unsupported("they were not asked for")
        one.notes = notes(mappings, None)
        reader = Reader(one.target.pid, one.memory, mappings)
        one.notes = notes(mappings, reader)
        return reader

    def next(self, followed: "dict[int, Followed]") -> Followed | None:
        """Try the one that has waited longest, if any is due. Returns it when there was a try."""
        now = time.monotonic()
        if self._spent > _ALLOWANCE + _SHARE * (now - self._started):
            return None
        due = [one for one in followed.values() if self._due(one, now)]
        if not due:
            return None
        tried = self._try(min(due, key=lambda one: max(one.tried, one.since)), followed, now)
        self._spent += time.monotonic() - now
        return tried

    def _try(self, one: Followed, followed: "dict[int, Followed]", now: float) -> Followed | None:
        settled = one.reason and not one.lost and now - one.since > _STARTING
        if settled and self._exe(one) == one.exe:
            one.tried = now  # the same program as before
            return None
        parent = followed.get(one.parent)
        runtime = parent.readers[-1].runtime if parent and parent.readers and not one.tried else None
        if not self.attach(one, runtime):
            one.exe = self._exe(one)
        return one

    def _due(self, one: Followed, now: float) -> bool:
        if one.member.reader is not None:
            return False
        if one.readers and not one.lost:  # it went away since the last look
            one.lost, one.tried = True, 0.0
            one.replaced += 1
        age = now - one.since
        return age >= _AGE and now - one.tried >= (_SOON if age < 1 else _AGAIN)

    def _exe(self, one: Followed) -> str:
        try:
            return self._inspector.exe(one.target.pid)
        except Missing:
            return ""
