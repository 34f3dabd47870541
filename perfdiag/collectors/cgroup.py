"""The control groups of the target, its own and all above it: what they may use, use, and were refused.

For each group, by its directory: `cgroup.cpu.usage` and `cgroup.cpu.quota` (CPUs), `cgroup.periods`,
`cgroup.throttled_periods` and `cgroup.throttled` (seconds, summed over CPUs); `cgroup.memory.usage`,
`cgroup.memory.anonymous` (of that, what is no cache of files), `cgroup.memory.refaults` (pages of files that
had to come back), `cgroup.memory.limit`,
`cgroup.memory.events{event}` (max: reclaimed because the limit was reached; oom_kill);
`cgroup.pressure.stall{resource, kind}`. Version 1, version 2 and both at once; a group has what its version
and its enabled controllers have.
"""

from collections.abc import Iterable

from perfdiag.errors import NoData
from perfdiag.host import Host
from perfdiag.host.cgroupfs import parse_cpu_max, parse_cpu_quota, parse_cpu_stat, parse_keyed, parse_limit
from perfdiag.host.cgroups import group_paths, group_text
from perfdiag.host.numerals import natural, whole_lines
from perfdiag.host.procfs_system import parse_pressure
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import counter, gather, gauge
from perfdiag.text import printable
from perfdiag.units import Unit


def collect(host: Host, pid: int | None) -> Iterable[Sample]:
    if pid is None:
        return
    cpu, memory, unified = (group_paths(host, pid, name) for name in ("cpu", "memory", ""))
    usage = group_paths(host, pid, "cpuacct")
    if not (cpu or memory or unified):
        raise NoData(f"no control group of process {pid} is mounted")
    yield from gather(
        *(lambda path=path: _cpu(host, path) for path in (*cpu, *unified)),
        *(lambda path=path: _cpu_usage_v1(host, path, _same_group(path, usage, cpu)) for path in usage),
        *(lambda path=path: _memory_v1(host, path) for path in memory),
        *(lambda path=path: _memory_v2(host, path) for path in unified),
        *(lambda path=path: _pressure(host, path) for path in unified),
    )


def _cpu(host: Host, path: str) -> Iterable[Sample]:
    label = printable(path)
    if text := group_text(host, f"{path}/cpu.stat"):
        used = parse_keyed(text, f"{path}/cpu.stat").get("usage_usec")
        if used is not None:
            yield counter("cgroup.cpu.usage", used / 1e6, Unit.SECONDS, cgroup=label)
        if (stat := parse_cpu_stat(text, f"{path}/cpu.stat")) is not None:
            yield counter("cgroup.periods", stat.periods, cgroup=label)
            yield counter("cgroup.throttled_periods", stat.throttled_periods, cgroup=label)
            yield counter("cgroup.throttled", stat.throttled, Unit.SECONDS, cgroup=label)
    if (quota := _quota(host, path)) is not None:
        yield gauge("cgroup.cpu.quota", quota, cgroup=label)


def _quota(host: Host, path: str) -> float | None:
    if text := group_text(host, f"{path}/cpu.max"):
        return parse_cpu_max(text, f"{path}/cpu.max")
    quota, period = (group_text(host, f"{path}/cpu.cfs_{name}_us") for name in ("quota", "period"))
    return parse_cpu_quota(quota, period, f"{path}/cpu.cfs_quota_us") if quota and period else None


def _same_group(path: str, among: list[str], others: list[str]) -> str:
    """The directory of a group in another hierarchy of version 1; `path` itself where it is not there. Usage
    and quota are mounted together as a rule, but need not be. The last of a list is where it is mounted."""
    other = others[-1] + path.removeprefix(among[-1]) if others else ""
    return other if other in others else path


def _cpu_usage_v1(host: Host, path: str, group: str) -> Iterable[Sample]:
    if text := group_text(host, f"{path}/cpuacct.usage"):
        nanoseconds = natural(whole_lines(text, f"{path}/cpuacct.usage")[0], f"{path}/cpuacct.usage")
        yield counter("cgroup.cpu.usage", nanoseconds / 1e9, Unit.SECONDS, cgroup=printable(group))


def _memory_v1(host: Host, path: str) -> Iterable[Sample]:
    yield from _amounts(host, path, "memory.usage_in_bytes", "memory.limit_in_bytes")
    yield from _contents(host, path, "total_rss", "total_workingset_refault_file")
    label = printable(path)
    if text := group_text(host, f"{path}/memory.failcnt"):
        times = natural(whole_lines(text, f"{path}/memory.failcnt")[0], f"{path}/memory.failcnt")
        yield counter("cgroup.memory.events", times, cgroup=label, event="max")
    kills = parse_keyed(group_text(host, f"{path}/memory.oom_control"), f"{path}/memory.oom_control").get(
        "oom_kill"
    )
    if kills is not None:
        yield counter("cgroup.memory.events", kills, cgroup=label, event="oom_kill")


def _memory_v2(host: Host, path: str) -> Iterable[Sample]:
    yield from _amounts(host, path, "memory.current", "memory.max")
    yield from _contents(host, path, "anon", "workingset_refault_file")
    events = parse_keyed(group_text(host, f"{path}/memory.events"), f"{path}/memory.events")
    for event in ("high", "max", "oom", "oom_kill"):
        if event in events:
            yield counter("cgroup.memory.events", events[event], cgroup=printable(path), event=event)


def _contents(host: Host, path: str, anonymous: str, refaults: str) -> Iterable[Sample]:
    """What the group uses and cannot be dropped (the rest is a cache of files), and pages that came back."""
    found = parse_keyed(group_text(host, f"{path}/memory.stat"), f"{path}/memory.stat")
    if anonymous in found:
        yield gauge("cgroup.memory.anonymous", found[anonymous], Unit.BYTES, cgroup=printable(path))
    if refaults in found:
        yield counter("cgroup.memory.refaults", found[refaults], cgroup=printable(path))


def _amounts(host: Host, path: str, usage: str, most: str) -> Iterable[Sample]:
    label = printable(path)
    if text := group_text(host, f"{path}/{usage}"):
        used = natural(whole_lines(text, f"{path}/{usage}")[0], f"{path}/{usage}")
        yield gauge("cgroup.memory.usage", used, Unit.BYTES, cgroup=label)
    text = group_text(host, f"{path}/{most}")
    if text and (limit := parse_limit(text, f"{path}/{most}")) is not None:
        yield gauge("cgroup.memory.limit", limit, Unit.BYTES, cgroup=label)


def _pressure(host: Host, path: str) -> Iterable[Sample]:
    for resource in ("cpu", "memory", "io"):
        if text := group_text(host, f"{path}/{resource}.pressure"):
            stalled = parse_pressure(text, f"{path}/{resource}.pressure")
            for kind, seconds in (("some", stalled.some), ("full", stalled.full)):
                if seconds is not None:
                    yield counter(
                        "cgroup.pressure.stall",
                        seconds,
                        Unit.SECONDS,
                        cgroup=printable(path),
                        resource=resource,
                        kind=kind,
                    )


SPEC = Collector(name="cgroup", help=__doc__ or "", scope="process", collect=collect)
