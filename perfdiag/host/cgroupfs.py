"""Parsers of the files of control groups: text in, records out, nothing read here.

Layouts are those of Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst. All raise Broken, which names the
file and the text.
"""

from typing import NamedTuple

from perfdiag.host.numerals import broken, natural, whole_lines

_UNKNOWN = "(unknown)"  # a device that block devices are hidden behind: paths of NVMe, ZFS
_UNLIMITED = 1 << 62  # v1 writes the largest number of pages there can be


class CpuStat(NamedTuple):
    """Periods of the CPU quota, those in which the group was stopped, and seconds stopped (of each CPU)."""

    periods: int
    throttled_periods: int
    throttled: float


def parse_keyed(text: str, file: str) -> dict[str, int]:
    """Lines 'name number': cpu.stat, memory.stat, memory.events."""
    found = {}
    for line in whole_lines(text, file) if text else ():
        name, _, value = line.partition(" ")
        found[name] = natural(value, file)
    return found


def parse_cpu_stat(text: str, file: str = "cpu.stat") -> CpuStat | None:
    """Version 1 has `throttled_time` in nanoseconds, version 2 `throttled_usec`. None for a group of version
    2 whose cpu controller is not enabled: it has the usage alone."""
    values = parse_keyed(text, file)
    if "nr_periods" not in values:
        return None
    try:
        if "throttled_usec" in values:
            throttled = values["throttled_usec"] / 1e6
        else:
            throttled = values["throttled_time"] / 1e9
        return CpuStat(values["nr_periods"], values["nr_throttled"], throttled)
    except KeyError as error:
        raise broken(file, f"a line is missing ({error})", text) from error


def parse_cpu_max(text: str, file: str = "cpu.max") -> float | None:
    """CPUs that a group of version 2 may use at once; None without a quota."""
    words = whole_lines(text, file)[0].split()
    if len(words) != 2:
        raise broken(file, "not QUOTA PERIOD", text)
    period = natural(words[1], file)
    if not period:
        raise broken(file, "a period of 0", text)
    return None if words[0] == "max" else natural(words[0], file) / period


def parse_cpu_quota(quota: str, period: str, file: str = "cpu.cfs_quota_us") -> float | None:
    """The same of version 1: two files, and -1 for no quota."""
    microseconds = natural(whole_lines(period, file)[0], file)
    if not microseconds:
        raise broken(file, "a period of 0", period)
    line = whole_lines(quota, file)[0]
    return None if line == "-1" else natural(line, file) / microseconds


def parse_limit(text: str, file: str) -> int | None:
    """A memory limit in bytes; None for none ('max', or the largest number of version 1)."""
    line = whole_lines(text, file)[0]
    if line == "max":
        return None
    number = natural(line, file)
    return None if number >= _UNLIMITED else number


def parse_device_limits(text: str, file: str) -> dict[str, int]:
    """blkio.throttle.*_device: 'MAJOR:MINOR' -> bytes or operations a second."""
    found = {}
    for line in whole_lines(text, file) if text else ():
        device, _, most = line.partition(" ")
        found[_device(device, file)] = natural(most, file)
    return found


def parse_device_counts(text: str, file: str) -> dict[tuple[str, str], int]:
    """blkio.throttle.io_service_bytes and io_serviced: ('MAJOR:MINOR', 'read' or 'write') -> count."""
    found: dict[tuple[str, str], int] = {}
    for line in whole_lines(text, file) if text else ():
        words = line.split()
        if len(words) == 3 and words[1] in ("Read", "Write") and words[0] != _UNKNOWN:
            found[_device(words[0], file), words[1].lower()] = natural(words[2], file)
    return found


def parse_io_keyed(text: str, file: str) -> dict[str, dict[str, int]]:
    """io.max and io.stat: 'MAJOR:MINOR' -> name -> number; what has no limit ('max') is left out.

    Kernels write no line feed behind a device of which there is nothing to say: numbers belong to the last
    device before them (https://github.com/canonical/lxd/issues/10052).
    """
    whole, _, rest = text.rpartition("\n")
    if "=" in rest:
        raise broken(file, "cut", rest)
    found: dict[str, dict[str, int]] = {}
    numbers: dict[str, int] | None = None
    for word in whole.split():
        name, equals, value = word.partition("=")
        if not equals:
            numbers = {} if word == _UNKNOWN else found.setdefault(_device(word, file), {})
        elif numbers is None:
            raise broken(file, "a number of no device", whole)
        elif value != "max":
            numbers[name] = natural(value, file)
    return found


def _device(text: str, file: str) -> str:
    major, _, minor = text.partition(":")
    return f"{natural(major, file)}:{natural(minor, file)}"
