"""Parsers of the files of one process: text in, records out, nothing read here.

Layouts are those of proc_pid_stat(5), proc_pid_status(5), proc_pid_io(5), proc_pid_limits(5) and, for
schedstat, Documentation/scheduler/sched-stats.rst. All raise Broken, which names the file and the text.
"""

import os
from typing import NamedTuple

from perfdiag.host.numerals import broken, integer, natural, naturals, whole_lines
from perfdiag.text import printable

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")  # a second
PAGE = os.sysconf("SC_PAGE_SIZE")  # bytes

_STAT_FIELDS = 22  # after the name, up to rss: what Linux 2.6 already had


class ProcessStat(NamedTuple):
    """/proc/PID/stat, and that of a thread. Times in clock ticks, `resident` in pages."""

    pid: int
    comm: str
    state: str
    ppid: int
    minor_faults: int
    major_faults: int
    utime: int
    stime: int
    children_utime: int
    children_stime: int
    threads: int
    started: int
    resident: int


class ProcessStatus(NamedTuple):
    """/proc/PID/status; memory in bytes, 0 where a kernel thread has no such line. `swapped` and the switches
    are those of the main thread's process and of the main thread. `anonymous`: resident and of no file.
    `allowed`: CPUs that the thread may use, as in '0-3,8'."""

    name: str
    uid: int
    tgid: int
    swapped: int
    voluntary_switches: int
    involuntary_switches: int
    anonymous: int = 0
    allowed: str = ""


class SchedStat(NamedTuple):
    """/proc/PID/schedstat, of the main thread alone: nanoseconds on a CPU, ready and waiting for one, and how
    often it was given one."""

    cpu_ns: int
    delay_ns: int
    slices: int


class ProcessIo(NamedTuple):
    """/proc/PID/io: bytes that passed read(2) and write(2), those calls, and bytes to and from devices."""

    rchar: int
    wchar: int
    syscr: int
    syscw: int
    read_bytes: int
    write_bytes: int
    cancelled_write_bytes: int


class CgroupPath(NamedTuple):
    """One line of /proc/PID/cgroup. `controllers` is empty for the hierarchy of cgroup v2."""

    controllers: tuple[str, ...]
    path: str


def parse_stat(text: str, file: str = "/proc/PID/stat") -> ProcessStat:
    """The name may hold everything, ')' and line feeds too: it ends at the last ')' of the text."""
    whole_lines(text, file)
    head, closed, tail = text.rpartition(")")
    pid, opened, comm = head.partition("(")
    words = tail.split()
    if not closed or not opened or len(words) < _STAT_FIELDS:
        raise broken(file, "not a stat line", text)
    if len(words[0]) != 1 or not words[0].isalpha():
        raise broken(file, "not a state", words[0])
    return ProcessStat(
        pid=natural(pid.rstrip(" "), file),
        comm=printable(comm),
        state=words[0],
        ppid=natural(words[1], file),
        minor_faults=natural(words[7], file),
        major_faults=natural(words[9], file),
        utime=natural(words[11], file),
        stime=natural(words[12], file),
        children_utime=integer(words[13], file),
        children_stime=integer(words[14], file),
        threads=natural(words[17], file),
        started=natural(words[19], file),
        resident=max(0, integer(words[21], file)),  # a sum of per-CPU counts that can be below zero
    )


def parse_status(text: str, file: str = "/proc/PID/status") -> ProcessStatus:
    fields = _fields(text, file)
    try:
        return ProcessStatus(
            name=printable(fields["Name"]),
            uid=natural(fields["Uid"].split()[0], file),
            tgid=natural(fields["Tgid"], file),
            swapped=_kilobytes(fields.get("VmSwap", "0 kB"), file),
            voluntary_switches=natural(fields["voluntary_ctxt_switches"], file),
            involuntary_switches=natural(fields["nonvoluntary_ctxt_switches"], file),
            anonymous=_kilobytes(fields.get("RssAnon", "0 kB"), file),
            allowed=printable(fields.get("Cpus_allowed_list", "")),
        )
    except (KeyError, IndexError) as error:
        raise broken(file, f"a field is missing ({error})", text) from error


def parse_schedstat(text: str, file: str = "/proc/PID/schedstat") -> SchedStat:
    words = whole_lines(text, file)[0].split()
    if len(words) != 3:
        raise broken(file, "not three numbers", text)
    return SchedStat(*naturals(words, file))


def parse_io(text: str, file: str = "/proc/PID/io") -> ProcessIo:
    fields = _fields(text, file)
    try:
        return ProcessIo(*(natural(fields[name], file) for name in ProcessIo._fields))
    except KeyError as error:
        raise broken(file, f"a field is missing ({error})", text) from error


def parse_descriptor_limit(text: str, file: str = "/proc/PID/limits") -> int | None:
    """The soft limit of open files; None when there is none."""
    for line in whole_lines(text, file):
        if line.startswith("Max open files"):
            words = line[len("Max open files") :].split()
            if len(words) >= 2:
                return None if words[0] == "unlimited" else natural(words[0], file)
    raise broken(file, "no limit of open files", text)


def parse_cgroup(text: str, file: str = "/proc/PID/cgroup") -> tuple[CgroupPath, ...]:
    """Paths stay as they are in the file system; ' (deleted)' is cut from those of removed groups."""
    found = []
    for line in whole_lines(text, file):
        number, first, rest = line.partition(":")
        controllers, second, path = rest.partition(":")
        if not (first and second and path.startswith("/")):
            raise broken(file, "not HIERARCHY:CONTROLLERS:PATH", line)
        natural(number, file)
        names = tuple(name for name in controllers.split(",") if name)
        found.append(CgroupPath(names, path.removesuffix(" (deleted)")))
    return tuple(found)


def _fields(text: str, file: str) -> dict[str, str]:
    """Lines 'Name: value'. The first of equal names wins: Name, the only hostile one, comes first."""
    found: dict[str, str] = {}
    for line in whole_lines(text, file):
        name, _, value = line.partition(":")
        found.setdefault(name, value.strip())
    return found


def _kilobytes(text: str, file: str) -> int:
    number, _, unit = text.partition(" ")
    if unit != "kB":
        raise broken(file, "not a number of kB", text)
    return natural(number, file) * 1024
