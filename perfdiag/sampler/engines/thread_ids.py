"""Thread ids as the kernel's view has them, from what py-spy calls a thread.

Of interpreters before 3.11 it knows a thread by the address of its C structure; in a PID namespace by the id
that the process itself sees.
"""

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.elf import parse_maps
from perfdiag.host.inspector import Inspector
from perfdiag.host.memory import Memory
from perfdiag.host.namespaces import inner_tids
from perfdiag.sampler.cpython.release import pthread_tid


class ThreadIds:
    """Of processes, as long as they live; afterwards ids are what they seem to be, and addresses unknown."""

    def __init__(self, host: Host, inspector: Inspector) -> None:
        self._host, self._inspector = host, inspector
        self._processes: dict[int, _Process] = {}
        self._known: dict[tuple[int, str], int] = {}

    def tid(self, pid: int, name: str) -> int:
        """From '4711', or '0x7F526D9C66C0', the address; 0 when it cannot be told."""
        if (pid, name) not in self._known:
            if pid not in self._processes:
                self._processes[pid] = _Process(pid, self._host, self._inspector)
            self._known[pid, name] = self._processes[pid].tid(name)
        return self._known[pid, name]


class _Process:
    """What the names of its threads are looked up in."""

    def __init__(self, pid: int, host: Host, inspector: Inspector) -> None:
        self._memory = Memory(pid, capacity=16)
        self._offset = -1
        self._outer: dict[int, int] = {}
        try:
            self._outer = inner_tids(pid, host.procfs)
            self._offset = pthread_tid(self._memory, parse_maps(inspector.maps(pid)))
        except (Missing, OSError):
            return

    def tid(self, name: str) -> int:
        inner = self._at(int(name, 16)) if name.startswith("0x") else int(name)
        return self._outer.get(inner, inner)

    def _at(self, address: int) -> int:
        try:
            return int.from_bytes(self._memory.read(address + self._offset, 4), "little")
        except OSError:
            return 0
