"""What is read of each process at the first look and the last alone, because it costs more than a sweep."""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from perfdiag.errors import Denied, Missing
from perfdiag.host import Host
from perfdiag.host.descriptors import open_descriptors
from perfdiag.host.inspector import Inspector
from perfdiag.host.procfs import ProcessIo, ProcessStatus, parse_io, parse_status
from perfdiag.host.sockets import entries
from perfdiag.host.sweep import Swept
from perfdiag.model import Estimate, ObjectType
from perfdiag.triage.activity import gauge, key_of
from perfdiag.triage.records import Figure
from perfdiag.units import Unit

_DEADLINE = 3.0  # seconds to find the owners of all sockets
_IO = "bytes to and from disks"
_NOTHING = ProcessIo(0, 0, 0, 0, 0, 0, 0)

Figures = dict[Figure, Estimate]
Reading = TypeVar("Reading")


@dataclass(slots=True)
class Detail:
    uid: int | None = None
    figures: Figures = field(default_factory=dict)


class Details:
    """`begin` at the first look, `end` at the last; then `found` has what could be read, and `denied` of how
    many processes something could not."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._before: dict[Hashable, ProcessIo | None] = {}  # None: it could not be read
        self._began = 0.0
        self.found: dict[Hashable, Detail] = defaultdict(Detail)
        self.denied: Counter[str] = Counter()
        self.asked = self.sockets = self.unowned = (
            0  # processes; TCP sockets, and those of nobody who was seen
        )

    def begin(self, at: float, swept: Iterable[Swept]) -> None:
        self._began = at
        for process in swept:
            self._before[key_of(process)] = self._read(_io, process, _IO)

    def end(self, at: float, swept: Iterable[Swept]) -> None:
        self.denied.clear()  # those of the beginning are denied again
        window = (self._began, at)
        processes = list(swept)
        self.asked = len(processes)
        self._sockets(window, processes)
        for process in processes:
            key, detail = key_of(process), self.found[key_of(process)]
            status = self._read(_status, process, "swap")
            if status is not None:
                detail.uid = status.uid
                detail.figures[Figure.SWAPPED] = gauge(status.swapped, Unit.BYTES, window)
            opened = self._read(open_descriptors, process, "open files")
            if opened is not None:
                detail.figures[Figure.DESCRIPTORS] = gauge(opened, Unit.COUNT, window)
            before, moved = self._before.get(key, _NOTHING), self._read(_io, process, _IO)
            if before is not None and moved is not None and at > self._began:
                detail.figures |= _moved(before, moved, window)

    def _sockets(self, window: tuple[float, float], swept: Iterable[Swept]) -> None:
        """TCP sockets of each process and what waits in them, in perfdiag's own network namespace."""
        inspector = Inspector(self._host.procfs, _DEADLINE)
        try:
            table = [entry for entry in entries(self._host, os.getpid(), ObjectType.TCP) if entry.inode]
            owners = inspector.socket_owners(entry.inode for entry in table)
        except Missing:
            self.denied["sockets"] += 1
            return
        finally:
            inspector.close()
        keys = {process.pid: key_of(process) for process in swept}
        held, queued = Counter[Hashable](), Counter[Hashable]()
        self.sockets = len(table)
        self.unowned = sum(entry.inode not in owners for entry in table)
        for entry in table:
            if entry.inode in owners and (key := keys.get(owners[entry.inode][0])) is not None:
                held[key] += 1
                queued[key] += entry.send_queue + entry.receive_queue
        for key, number in held.items():
            self.found[key].figures[Figure.SOCKETS] = gauge(number, Unit.COUNT, window)
            self.found[key].figures[Figure.QUEUED] = gauge(queued[key], Unit.COUNT, window)

    def _read(self, read: Callable[[Host, int], Reading], process: Swept, what: str) -> Reading | None:
        """None for a process that has ended or that may not be asked."""
        try:
            return read(self._host, process.pid)
        except Denied:
            self.denied[what] += 1
        except Missing:
            pass
        return None


def _io(host: Host, pid: int) -> ProcessIo:
    return parse_io(host.proc(f"{pid}/io"), f"/proc/{pid}/io")


def _status(host: Host, pid: int) -> ProcessStatus:
    return parse_status(host.proc(f"{pid}/status"), f"/proc/{pid}/status")


def _moved(before: ProcessIo, after: ProcessIo, window: tuple[float, float]) -> Figures:
    """Bytes a second that reached a device; what was written and deleted in time did not."""
    seconds = window[1] - window[0]
    read = max(0, after.read_bytes - before.read_bytes)
    written = max(0, after.write_bytes - before.write_bytes)
    cancelled = max(0, after.cancelled_write_bytes - before.cancelled_write_bytes)
    return {
        Figure.READ: gauge(read / seconds, Unit.BYTES_PER_SECOND, window),
        Figure.WRITTEN: gauge(max(0, written - cancelled) / seconds, Unit.BYTES_PER_SECOND, window),
    }
