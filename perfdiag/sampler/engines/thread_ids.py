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
    """Of one process, as long as it lives; afterwards ids are what they seem to be, and addresses unknown."""

    def __init__(self, pid: int, host: Host, inspector: Inspector) -> None:
        self._memory = Memory(pid, capacity=16)
        self._offset = -1
        self._known: dict[str, int] = {}
        self._outer: dict[int, int] = {}
        try:
            self._outer = inner_tids(pid, host.procfs)
            self._offset = pthread_tid(self._memory, parse_maps(inspector.maps(pid)))
        except (Missing, OSError):
            return

    def tid(self, name: str) -> int:
        """From '4711', or '0x7F526D9C66C0', the address; 0 when it cannot be told."""
        if name not in self._known:
            inner = self._at(int(name, 16)) if name.startswith("0x") else int(name)
            self._known[name] = self._outer.get(inner, inner)
        return self._known[name]

    def _at(self, address: int) -> int:
        try:
            return int.from_bytes(self._memory.read(address + self._offset, 4), "little")
        except OSError:
            return 0
