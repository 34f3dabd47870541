"""The control groups of a process: where their files are, in both layouts and in mixed ones.

/proc/PID/cgroup names a group per hierarchy, mountinfo says where each hierarchy is mounted and which group
is its root there (cgroups(7)). A quota of any ancestor stops the process too: paths come with all ancestors.
"""

from perfdiag.errors import Missing, NoData
from perfdiag.host import Host
from perfdiag.host.cgroupfs import parse_cpu_max, parse_cpu_quota
from perfdiag.host.procfs import parse_cgroup


def hierarchies(host: Host) -> dict[str, tuple[str, str]]:
    """controller ('' for v2) -> (path below sysfs of the mount point, group that is mounted there)."""
    found: dict[str, tuple[str, str]] = {}
    for line in host.proc("self/mountinfo").splitlines():
        left, _, right = line.partition(" - ")
        fields, more = left.split(), right.split()
        if len(fields) < 5 or len(more) < 3 or more[0] not in ("cgroup", "cgroup2"):
            continue
        where = fields[4].removeprefix("/sys/")
        names = [""] if more[0] == "cgroup2" else more[2].split(",")
        for name in names:
            found.setdefault(name, (where, fields[3]))
    return found


def memberships(host: Host, pid: int) -> dict[str, str]:
    """controller ('' for v2) -> group of the process."""
    groups = parse_cgroup(host.proc(f"{pid}/cgroup"))
    return {name: group.path for group in groups for name in group.controllers or ("",)}


def group_text(host: Host, path: str) -> str:
    """A file of a group, below sysfs; '' for one that it does not have: the root has no limits, version 1 no
    pressure."""
    try:
        return host.sys(path)
    except NoData:
        return ""


def group_paths(host: Host, pid: int, controller: str) -> list[str]:
    """Directories below sysfs of the process's group and its ancestors, its own first; [] where unmounted."""
    mounted, member = hierarchies(host).get(controller), memberships(host, pid).get(controller)
    if mounted is None or member is None:
        return []
    base, root = mounted
    inside = member.removeprefix(root.rstrip("/")) if root != "/" else member
    parts = [part for part in inside.split("/") if part and part != ".."]
    return ["/".join([base, *parts[:count]]) for count in range(len(parts), -1, -1)]


def quota(host: Host, path: str) -> float | None:
    """CPUs that the group at this path below sysfs may use; None where there is no limit."""
    try:
        if path_has(host, path, "cpu.max"):
            return parse_cpu_max(host.sys(f"{path}/cpu.max"))
        limit, period = host.sys(f"{path}/cpu.cfs_quota_us"), host.sys(f"{path}/cpu.cfs_period_us")
        return parse_cpu_quota(limit, period)
    except Missing:
        return None  # a root group has no such file, and a group that vanishes limits nothing


def path_has(host: Host, path: str, name: str) -> bool:
    """Whether the group has a file of this name."""
    try:
        return name in host.list_sys(path)
    except Missing:
        return False


def cpu_groups(host: Host, pid: int) -> list[str]:
    """Groups of the process, in either layout, that have a CPU quota; nearest first."""
    try:
        paths = group_paths(host, pid, "cpu") + group_paths(host, pid, "")
    except Missing:
        return []
    return [path for path in paths if quota(host, path) is not None]


def cpu_stat_files(host: Host, pid: int) -> list[str]:
    """Absolute paths of cpu.stat of the groups whose quota can stop the process."""
    return [f"{host.sysfs}/{path}/cpu.stat" for path in cpu_groups(host, pid)]
