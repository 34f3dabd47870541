"""Parsers of the files of the whole machine: text in, records out, nothing read here.

Layouts are those of proc_stat(5), proc_meminfo(5), proc_vmstat(5) and proc_loadavg(5), of
Documentation/accounting/psi.rst, admin-guide/iostats.rst and scheduler/sched-stats.rst. All raise Broken,
which names the file and the text.
"""

from collections.abc import Collection
from typing import NamedTuple

from perfdiag.host.numerals import broken, decimal, natural, naturals, whole_lines
from perfdiag.text import printable

CPU_MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
SECTOR = 512  # bytes, whatever the device says
_DISK_FIELDS = 11


class SystemStat(NamedTuple):
    """/proc/stat. `cpus` maps 'cpu' (all) and 'cpu0'... to clock ticks in each of CPU_MODES, as many as the
    kernel has; guest time is part of user and nice."""

    cpus: dict[str, tuple[int, ...]]
    switches: int
    forks: int
    running: int
    blocked: int


class Load(NamedTuple):
    """/proc/loadavg: means of runnable and uninterruptible threads, and threads that run or exist now."""

    one: float
    five: float
    fifteen: float
    running: int
    threads: int


class Pressure(NamedTuple):
    """Seconds in which some, or all, tasks that had work were stalled; None where the kernel does not say."""

    some: float
    full: float | None


class Disk(NamedTuple):
    """One line of /proc/diskstats, as far as all kernels have it; times in milliseconds. `busy_ms`: at least
    one operation in flight; `weighted_ms`: operations in flight times time."""

    name: str
    reads: int
    reads_merged: int
    read_sectors: int
    read_ms: int
    writes: int
    writes_merged: int
    written_sectors: int
    write_ms: int
    in_flight: int
    busy_ms: int
    weighted_ms: int


def parse_system_stat(text: str, file: str = "/proc/stat") -> SystemStat:
    cpus: dict[str, tuple[int, ...]] = {}
    values: dict[str, int] = {}
    for line in whole_lines(text, file):
        name, _, rest = line.partition(" ")
        if name.startswith("cpu"):
            ticks = naturals(rest.split()[: len(CPU_MODES)], file)
            if len(ticks) < 4 or not (name == "cpu" or name[3:].isdigit()):
                raise broken(file, "not a line of a CPU", line)
            cpus[name] = tuple(ticks)
        elif name in ("ctxt", "processes", "procs_running", "procs_blocked"):
            values[name] = natural(rest, file)
    try:
        return SystemStat(
            cpus=cpus,
            switches=values["ctxt"],
            forks=values["processes"],
            running=values["procs_running"],
            blocked=values["procs_blocked"],
        )
    except KeyError as error:
        raise broken(file, f"a line is missing ({error})", text) from error


def parse_loadavg(text: str, file: str = "/proc/loadavg") -> Load:
    words = whole_lines(text, file)[0].split()
    if len(words) != 5:
        raise broken(file, "not five words", text)
    running, _, threads = words[3].partition("/")
    one, five, fifteen = (decimal(word, file) for word in words[:3])
    return Load(one, five, fifteen, natural(running, file), natural(threads, file))


def parse_meminfo(text: str, file: str = "/proc/meminfo") -> dict[str, int]:
    """Name -> bytes; lines that count pages instead (HugePages_*) are left out."""
    found = {}
    for line in whole_lines(text, file):
        name, colon, rest = line.partition(":")
        if not colon:
            raise broken(file, "not NAME: VALUE", line)
        if rest.endswith(" kB"):
            found[name] = natural(rest[:-3].strip(" "), file) * 1024
    return found


def parse_vmstat(text: str, wanted: Collection[str], file: str = "/proc/vmstat") -> dict[str, int]:
    """Those of `wanted` that this kernel has."""
    found = {}
    for line in whole_lines(text, file):
        name, _, value = line.partition(" ")
        if name in wanted:
            found[name] = natural(value, file)
    return found


def parse_pressure(text: str, file: str = "/proc/pressure/*") -> Pressure:
    totals: dict[str, float] = {}
    for line in whole_lines(text, file):
        kind, _, rest = line.partition(" ")
        _, found, total = rest.rpartition("total=")
        if kind not in ("some", "full") or not found:
            raise broken(file, "not a line of pressure", line)
        totals[kind] = natural(total, file) / 1e6
    if "some" not in totals:
        raise broken(file, "no line 'some'", text)
    return Pressure(totals["some"], totals.get("full"))


def parse_diskstats(text: str, file: str = "/proc/diskstats") -> tuple[Disk, ...]:
    """All devices and partitions."""
    found = []
    for line in whole_lines(text, file) if text else ():  # a machine without disks has an empty file
        words = line.split()
        if len(words) < 3 + _DISK_FIELDS:
            raise broken(file, "not a line of a device", line)
        numbers = naturals(words[3 : 3 + _DISK_FIELDS], file)
        found.append(Disk(printable(words[2], 64), *numbers))
    return tuple(found)


def parse_host_schedstat(text: str, file: str = "/proc/schedstat") -> dict[str, tuple[int, int]]:
    """'cpu0' -> (nanoseconds on the CPU, nanoseconds ready and waiting for it), of all tasks.

    The last three of the nine numbers of a CPU; earlier numbers changed their meaning between versions, these
    did not.
    """
    found = {}
    for line in whole_lines(text, file):
        name, _, rest = line.partition(" ")
        if name.startswith("cpu"):
            words = rest.split()
            if len(words) < 9 or not name[3:].isdigit():
                raise broken(file, "not a line of a CPU", line)
            found[name] = (natural(words[6], file), natural(words[7], file))
    return found
