"""The children of one process: how many, and what they and theirs have computed.

All with the label `pid`. `children.alive`, and `children.work`, CPU seconds: those of the children that live,
with what their own children had used when they were waited for, and of those that have ended and were waited
for. Of more than 64 children the oldest are added up. From /proc/PID/task/TID/children and /proc/CHILD/stat.
"""

from collections.abc import Iterable

from perfdiag.errors import NoData
from perfdiag.host import Host
from perfdiag.host.procfs import CLOCK_TICKS, ProcessStat, parse_stat
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gauge
from perfdiag.units import Unit

_MOST = 64
_MOST_THREADS = 256


def collect(host: Host, pid: int | None) -> Iterable[Sample]:
    if pid is None:
        return
    own = _stat(host, pid)
    children = _children(host, pid)
    ticks = own.children_utime + own.children_stime
    for child in children[:_MOST]:
        try:
            stat = _stat(host, child)
        except NoData:
            continue  # it has ended: what it used is its parent's to tell when that has asked for its status
        if stat.ppid == pid:
            ticks += stat.utime + stat.stime + stat.children_utime + stat.children_stime
    yield gauge("children.alive", len(children), pid=str(pid))
    yield counter("children.work", ticks / CLOCK_TICKS, Unit.SECONDS, pid=str(pid))


def _stat(host: Host, pid: int) -> ProcessStat:
    return parse_stat(host.proc(f"{pid}/stat"), f"/proc/{pid}/stat")


def _children(host: Host, pid: int) -> list[int]:
    """Each thread lists those that it has made."""
    found: list[int] = []
    for tid in host.list_proc(f"{pid}/task")[:_MOST_THREADS]:
        try:
            found += map(int, host.proc(f"{pid}/task/{tid}/children").split())
        except NoData:
            continue  # the thread has ended, or a kernel without CONFIG_PROC_CHILDREN
    return sorted(found)


SPEC = Collector(name="children", help=__doc__ or "", scope="process", collect=collect)
