"""What a blocked thread waits on: from the arguments of its system call to an entry in a list."""

import os
import time

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.host.sockets import Address
from perfdiag.model import ObjectType
from perfdiag.sampler.arguments import Polled, Read, destination, is_mutex, path, polled, selected
from perfdiag.sampler.busy_files import BusyFiles
from perfdiag.sampler.cpython import parking
from perfdiag.sampler.descriptors import Descriptors
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.sets import Sets
from perfdiag.sampler.syscalls import CALLS, Wait, parse_syscall, stack_pointer

_KNOWN = 1 << 14  # remembered lines of futex calls; forgotten all at once when there are more
_NAMED = 4  # descriptors of a poll or select that are named
_P_PID, _P_PIDFD = 1, 3  # waitid(2)
_PIPES = frozenset({ObjectType.PIPE, ObjectType.CHILD})


class Objects:
    """What one process waits on, in the `interned` list of objects, which other processes may share.

    `read(address, length)` reads memory of the process; `gil_range` is where its GIL lies, (0, 0) if nowhere.
    """

    def __init__(
        self,
        *,
        pid: int,
        pidfd: int,
        procfs: str,
        inspector: Inspector,
        read: Read,
        gil_range: tuple[int, int],
        interned: Interned,
    ) -> None:
        self._pid = pid
        self._host = Host(procfs=procfs)
        self._interned = interned
        self.list = interned.list
        self._descriptors = Descriptors(
            pid=pid, pidfd=pidfd, host=self._host, inspector=inspector, objects=self._interned
        )
        self._busy = BusyFiles(self._host, pid)
        self._sets = Sets(self._host, pid, self._descriptors, interned)
        self._futexes: dict[bytes, int] = {}
        self._nested: bool | None = None  # not known yet
        self.replaced(read, gil_range)

    def replaced(self, read: Read, gil_range: tuple[int, int], *, parks: bool = False) -> None:
        """Another program runs in the process since: its memory and its GIL lie elsewhere. `parks`: threads
        that wait for a lock of its interpreter sleep on semaphores of their own."""
        self._read, self._gil, self._parks = read, range(*gil_range), parks
        self._futexes.clear()

    def pending(self) -> int:
        """Questions about peers that have no answer yet."""
        return self._descriptors.owners.pending()

    def asking(self) -> bool:
        """Whether a question is on its way: until it is answered no other process can ask."""
        return self._descriptors.owners.asking()

    def settle(self, budget: float) -> None:
        """Learn who the peers are, for at most `budget` seconds; returns at once when nothing is open."""
        self._descriptors.owners.settle(budget)

    def close(self) -> None:
        self._descriptors.close()

    def resolve(self, call_line: bytes) -> int:
        """The id of the object that a thread waits on, from its /proc line `syscall`; -1: none or unknown."""
        known = self._futexes.get(call_line)
        if known is not None:
            return known
        number, arguments = parse_syscall(call_line)
        call = CALLS.get(number)
        if call is None or len(arguments) < 6:
            return -1
        self._sets.look(time.monotonic())
        try:
            match call.wait:
                case Wait.FUTEX:
                    return self._futex(call_line, arguments)
                case Wait.POLL:
                    return self._several(polled(self._read, arguments))
                case Wait.SELECT:
                    return self._several(selected(self._read, arguments))
                case Wait.EPOLL:
                    return self._sets.epoll(_signed(arguments[call.fd]))
                case Wait.CONNECT:
                    return self._destination(arguments)
                case Wait.PATH:
                    return self._path(arguments[call.path])
                case Wait.CHILD:
                    return self._child(call.name, arguments)
                case Wait.SLEEP:
                    return self._busy_file(call.name, arguments)
        except OSError:
            return -1  # memory that is not there any more, or denied
        if call.name == "sendfile" and not self._waits(arguments[0]):
            return self._descriptor(arguments[1])  # what holds it up is the file that it reads
        return self._descriptor(arguments[call.fd]) if call.fd >= 0 else -1

    def only_peer(self, call_line: bytes) -> int:
        """The one peer that an event loop has connections to, by the line of its thread while that waits for
        events; without connections, the one child or pipe. -1 when there are several, or none, or it does not
        wait."""
        number, arguments = parse_syscall(call_line)
        call = CALLS.get(number)
        if call is None or call.wait is not Wait.EPOLL or not arguments:
            return -1
        return self._sets.only_peer(_signed(arguments[0]))

    def _waits(self, descriptor: int) -> bool:
        """Whether a write to a descriptor waits for room (no O_NONBLOCK)."""
        try:
            text = self._host.proc(f"{self._pid}/fdinfo/{_signed(descriptor)}", 4096)
        except Missing:
            return True
        flags = next((line[6:].strip() for line in text.splitlines() if line.startswith("flags:")), "0")
        return not int(flags, 8) & os.O_NONBLOCK

    def _descriptor(self, number: int) -> int:
        """From an argument, of which the kernel takes the lower half."""
        number = _signed(number)
        return self._descriptors.object(number) if number >= 0 else -1

    def _futex(self, line: bytes, arguments: tuple[int, ...]) -> int:
        address = arguments[0]
        if address in self._gil:
            found = self._interned.intern(ObjectType.GIL, "GIL")
        else:
            if self._parks:
                address = parking.lock(self._read, address, stack_pointer(line)) or address
            kind = "mutex" if is_mutex(arguments) else "futex"
            found = self._interned.intern(ObjectType.FUTEX, f"{kind} {address:#x}")
            if self._parks:
                return found  # the same line stands for another lock later
        if len(self._futexes) >= _KNOWN:
            self._futexes.clear()
        self._futexes[line] = found
        return found

    def _several(self, descriptors: list[Polled]) -> int:
        """One object when all descriptors stand for the same, or lead to a child; else all their names."""
        if self._sets.serve([one.descriptor for one in descriptors]):
            return self._sets.serving()
        found = dict.fromkeys(self._descriptors.object(one.descriptor) for one in descriptors[:_NAMED])
        found.pop(-1, None)
        if len(found) == len(descriptors) == 1 and descriptors[0].writes:
            return self._to_send(*found)
        if not found:
            return -1
        items = [self.list[number] for number in found]
        if len(descriptors) <= _NAMED and (len(found) == 1 or all(item.type in _PIPES for item in items)):
            return items[0].id
        rest = " | ..." if len(descriptors) > _NAMED else ""
        return self._interned.intern(ObjectType.OTHER, " | ".join(item.name for item in items) + rest)

    def _to_send(self, number: int) -> int:
        """What is polled for room to send; a socket on its way to its peer stays one that connects."""
        return number if self.list[number].connecting else self._interned.phase(number, "sending")

    def _destination(self, arguments: tuple[int, ...]) -> int:
        """A socket has no peer before its connect has succeeded: the address is among the arguments."""
        target = destination(self._read, arguments)
        if isinstance(target, str):
            return self._interned.intern(ObjectType.UNIX, target) if target else -1
        return self._descriptors.connected(ObjectType.TCP, Address("", 0), target)

    def _path(self, address: int) -> int:
        name = path(self._read, address)
        return self._interned.intern(ObjectType.FILE, name) if name else -1

    def _busy_file(self, name: str, arguments: tuple[int, ...]) -> int:
        """The database that a thread sleeps for until another process gives it back."""
        found = self._busy.waited_for(name, arguments, self._read)
        if found is None:
            return -1
        path, holder = found
        number = self._interned.intern(ObjectType.FILE, path)
        comm = self._descriptors.comm(holder) if holder != self._pid else ""
        if comm and self.list[number].peer_pid != holder:
            self._interned.learn_peer(number, "", comm, holder)
            self._interned.meet(number, self._pid, holder)
        return number

    def _child(self, name: str, arguments: tuple[int, ...]) -> int:
        if name == "waitid" and arguments[0] == _P_PIDFD:
            return self._descriptor(arguments[1])
        pid = 0
        if name == "wait4":
            pid = _signed(arguments[0])
        elif name == "waitid" and arguments[0] == _P_PID:
            pid = _signed(arguments[1])
        return self._descriptors.child(self._outer(pid)) if pid > 0 else self._any_child()

    def _any_child(self) -> int:
        """wait() for whichever child ends first, or vfork(): those that the main thread has."""
        children = self._children()[:_NAMED]
        names = {self._descriptors.comm(pid) for pid in children} - {""}
        if not names:
            return -1
        number = self._interned.intern(ObjectType.CHILD, " | ".join(sorted(names)))
        for pid in children:
            self._interned.meet(number, self._pid, pid)
        return number

    def _outer(self, pid: int) -> int:
        """A child by the number that it has in the target's PID namespace -> its number in ours, 0: none."""
        if self._nested is None:
            self._nested = self._inner(self._pid) != self._pid
        if not self._nested:
            return pid
        return next((child for child in self._children() if self._inner(child) == pid), 0)

    def _children(self) -> list[int]:
        try:
            return [int(pid) for pid in self._host.proc(f"{self._pid}/task/{self._pid}/children").split()]
        except Missing:
            return []  # ended, or a kernel without CONFIG_PROC_CHILDREN

    def _inner(self, pid: int) -> int:
        try:
            status = self._host.proc(f"{pid}/status")
        except Missing:
            return pid
        line = next((line for line in status.splitlines() if line.startswith("NSpid:")), "")
        return int(line.split()[-1]) if line else pid


def _signed(argument: int) -> int:
    """An int among the arguments: the lower half of a register."""
    return ((argument & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000
