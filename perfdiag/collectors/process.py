"""One process: its CPU time, waits for a CPU, switches, threads, memory, faults, descriptors and I/O.

All with the label `pid`. `process.started` (seconds since boot: another value is another process),
`process.cpu{mode}` and `process.children.cpu{mode}` (of children that were waited for), `process.threads`,
`process.resident`, `process.anonymous` (of that, what is of no file), `process.swapped`,
`process.faults{kind}`, `process.descriptors`, its limit, and of many
`process.descriptors.of{what}`: how many are sockets, pipes, or files of one directory, of the first 64
`process.files` (of a disk) and `process.channels` (sockets, and pipes that are not its standard ones),
`process.io.bytes{layer, direction}` (calls: what read and write moved, device: what reached a disk),
`process.io.calls{direction}`. Of the threads alive now, for a thread that ends takes its part with it:
`process.runqueue.wait`, `process.slices`, `process.switches{kind}`, `process.affinity{cpus}` (how
many threads may use these CPUs). From /proc/PID.
"""

from collections import Counter
from collections.abc import Iterable

from perfdiag.errors import Late, NoData
from perfdiag.host import Host
from perfdiag.host.descriptors import files_and_channels, kinds_of_descriptors, open_descriptors
from perfdiag.host.procfs import (
    CLOCK_TICKS,
    PAGE,
    parse_descriptor_limit,
    parse_io,
    parse_schedstat,
    parse_stat,
    parse_status,
)
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gather, gauge
from perfdiag.units import Unit

_MANY_DESCRIPTORS = 64  # from here on it is told what they are
_MOST_KINDS = 3
_MOST_THREADS = 256  # two files each, about 20 µs of CPU together
_MOST_AFFINITIES = 32


def collect(host: Host, pid: int | None) -> Iterable[Sample]:
    if pid is None:
        return
    yield from gather(
        lambda: _stat(host, pid),
        lambda: _status(host, pid),
        lambda: _descriptors(host, pid),
        lambda: _threads(host, pid),
        lambda: _io(host, pid),
    )


def _stat(host: Host, pid: int) -> Iterable[Sample]:
    stat, label = parse_stat(host.proc(f"{pid}/stat"), f"/proc/{pid}/stat"), str(pid)
    yield gauge("process.started", stat.started / CLOCK_TICKS, Unit.SECONDS, pid=label)
    for mode, own, children in (
        ("user", stat.utime, stat.children_utime),
        ("system", stat.stime, stat.children_stime),
    ):
        yield counter("process.cpu", own / CLOCK_TICKS, Unit.SECONDS, pid=label, mode=mode)
        yield counter("process.children.cpu", children / CLOCK_TICKS, Unit.SECONDS, pid=label, mode=mode)
    yield gauge("process.threads", stat.threads, pid=label)
    yield gauge("process.resident", stat.resident * PAGE, Unit.BYTES, pid=label)
    yield counter("process.faults", stat.minor_faults, pid=label, kind="minor")
    yield counter("process.faults", stat.major_faults, pid=label, kind="major")


def _status(host: Host, pid: int) -> Iterable[Sample]:
    status = parse_status(host.proc(f"{pid}/status"), f"/proc/{pid}/status")
    yield gauge("process.swapped", status.swapped, Unit.BYTES, pid=str(pid))
    yield gauge("process.anonymous", status.anonymous, Unit.BYTES, pid=str(pid))


def _descriptors(host: Host, pid: int) -> Iterable[Sample]:
    used = open_descriptors(host, pid)
    yield gauge("process.descriptors", used, pid=str(pid))
    limit = parse_descriptor_limit(host.proc(f"{pid}/limits"), f"/proc/{pid}/limits")
    if limit is not None:
        yield gauge("process.descriptors.limit", limit, pid=str(pid))
    files, channels = files_and_channels(host, pid)
    yield gauge("process.files", files, pid=str(pid))
    yield gauge("process.channels", channels, pid=str(pid))
    if used >= _MANY_DESCRIPTORS:
        for what, number in kinds_of_descriptors(host, pid).most_common(_MOST_KINDS):
            yield gauge("process.descriptors.of", number, pid=str(pid), what=what)


def _threads(host: Host, pid: int) -> Iterable[Sample]:
    """Both files of a process speak of its main thread alone, so those of every thread are added up."""
    tids = host.list_proc(f"{pid}/task")
    if len(tids) > _MOST_THREADS:
        raise Late(f"process {pid} has {len(tids)} threads: switches and waits of so many are not added up")
    delay = slices = voluntary = involuntary = 0
    allowed: Counter[str] = Counter()
    for tid in tids:
        base = f"{pid}/task/{tid}"
        try:
            sched = parse_schedstat(host.proc(f"{base}/schedstat"), f"/proc/{base}/schedstat")
            status = parse_status(host.proc(f"{base}/status"), f"/proc/{base}/status")
        except NoData:
            continue  # the thread has ended
        delay += sched.delay_ns
        slices += sched.slices
        voluntary += status.voluntary_switches
        involuntary += status.involuntary_switches
        if status.allowed:
            allowed[status.allowed] += 1
    if not slices:
        raise NoData(f"/proc/{pid}/task: no thread, or a kernel without schedstat")
    yield counter("process.runqueue.wait", delay / 1e9, Unit.SECONDS, pid=str(pid))
    yield counter("process.slices", slices, pid=str(pid))
    yield counter("process.switches", voluntary, pid=str(pid), kind="voluntary")
    yield counter("process.switches", involuntary, pid=str(pid), kind="involuntary")
    for cpus, threads in allowed.most_common(_MOST_AFFINITIES):
        yield gauge("process.affinity", threads, pid=str(pid), cpus=cpus)


def _io(host: Host, pid: int) -> Iterable[Sample]:
    io, label = parse_io(host.proc(f"{pid}/io"), f"/proc/{pid}/io"), str(pid)
    for direction, calls, passed, device in (
        ("read", io.syscr, io.rchar, io.read_bytes),
        ("write", io.syscw, io.wchar, io.write_bytes),
    ):
        labels = {"pid": label, "direction": direction}
        yield counter("process.io.calls", calls, **labels)
        yield counter("process.io.bytes", passed, Unit.BYTES, **labels, layer="calls")
        yield counter("process.io.bytes", device, Unit.BYTES, **labels, layer="device")


SPEC = Collector(name="process", help=__doc__ or "", scope="process", collect=collect)
