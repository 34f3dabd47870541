"""The target: a process held by its pidfd, so that its number cannot come to mean another one.

Nothing here sends a signal or attaches: a stopped process stays stopped.
"""

import errno
import os
import select
from collections.abc import Callable
from dataclasses import dataclass, field

from perfdiag.errors import Denied, Missing, NoData, TargetError
from perfdiag.host import Host
from perfdiag.host.abilities import capabilities
from perfdiag.host.cgroups import memberships
from perfdiag.host.inspector import Inspector
from perfdiag.host.memory import Memory
from perfdiag.host.namespaces import inner_pid
from perfdiag.host.preflight import a_thread, missing, parse_pid, read_stat, refuse, unreadable
from perfdiag.host.procfs import ProcessStat, parse_stat, parse_status
from perfdiag.host.sockets import listening_ports
from perfdiag.model import STOPPED, Labels, Process
from perfdiag.text import printable

_CAP_SYS_PTRACE = 19
_STOPPED_STATES = {"T", "t"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`key` is the inode of the pidfd where the kernel gives each process its own (6.9), else 'pid@started':
    start times repeat when numbers are reused quickly, inodes do not."""

    pid: int
    pidfd: int
    key: str
    started: int  # clock ticks since boot
    host: Host = field(default_factory=Host)

    def alive(self) -> bool:
        """False once the process has ended, reaped or not."""
        poll = select.poll()
        poll.register(self.pidfd, select.POLLIN)
        return not poll.poll(0)

    def state(self) -> str:
        """Letter of /proc/PID/stat ('R', 'S', 'D', 'T', ...); '' when it has ended."""
        try:
            state = parse_stat(self.host.proc(f"{self.pid}/stat")).state
        except Missing:
            return ""
        return state if self.alive() else ""

    def close(self) -> None:
        os.close(self.pidfd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What may be read of the target. Not `full`: the kernel's view alone (stat, schedstat, status, wchan).
    `blind` says in words what cannot be seen, and why."""

    full: bool
    blind: tuple[str, ...] = ()


def attach(pid: str | int, host: Host | None = None) -> Target:
    """Check a process id and hold the process. UsageError when it cannot be an id; TargetError when there is
    nothing to measure: no such process, one that has ended, a kernel thread, perfdiag itself."""
    host = host or Host()
    number = parse_pid(pid)
    pidfd = _open(number, host)
    try:
        stat = read_stat(number, host)
        refuse(number, stat, host)
        target = Target(
            pid=number, pidfd=pidfd, key=_key(pidfd, number, stat.started), started=stat.started, host=host
        )
        if not target.alive():  # then what was read may be of another process with its number
            raise missing(number)
    except BaseException:
        os.close(pidfd)
        raise
    return target


def hold(stat: ProcessStat, host: Host) -> Target | None:
    """Hold the process that `stat` was read of, if it is still that one and has not ended, and a descriptor
    is left for it."""
    try:
        pidfd = os.pidfd_open(stat.pid)
    except OSError:
        return None
    try:
        key = _key(pidfd, stat.pid, stat.started)
        target = Target(pid=stat.pid, pidfd=pidfd, key=key, started=stat.started, host=host)
        same = parse_stat(host.proc(f"{stat.pid}/stat")).started == stat.started and target.alive()
    except (Missing, OSError):
        same = False
    if not same:
        os.close(pidfd)
    return target if same else None


def _open(pid: int, host: Host) -> int:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError as error:
        raise missing(pid) from error
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ENOENT):  # the id of a thread: EINVAL before Linux 6.9
            raise a_thread(pid, host) from error
        raise TargetError(
            f"process {pid} cannot be held",
            cause=f"pidfd_open: {os.strerror(error.errno or 0)}",
            fix="Linux 5.6 or later is needed, and a container profile that allows pidfd_open",
        ) from error


def _key(pidfd: int, pid: int, started: int) -> str:
    """Before 6.9 all pidfds have one inode: then the target's is the same as our own."""
    own = os.pidfd_open(os.getpid())
    try:
        unique = os.fstat(own).st_ino != os.fstat(pidfd).st_ino
    finally:
        os.close(own)
    return f"pidfd:{os.fstat(pidfd).st_ino}" if unique else f"{pid}@{started}"


def access(target: Target, host: Host) -> Access:
    """Try what the sampler will do, without leaving a trace."""
    blind = []
    if not _may(lambda: host.proc(f"{target.pid}/task/{target.pid}/syscall")):
        blind.append("system calls, and so what blocked threads wait for")
    if not _may(lambda: Memory(target.pid, capacity=16).read(0, 1)):
        blind.append("Python stacks")
    if not _may(lambda: host.list_proc(f"{target.pid}/fd")):
        blind.append("open files and connections")
    if blind:
        why = _reason(target, host)
        blind = [f"{what}: {why}" for what in blind]
    full = not blind
    if target.state() in _STOPPED_STATES:
        blind.append(STOPPED)
    return Access(full=full, blind=tuple(blind))


def _may(read: Callable[[], object]) -> bool:
    """Whether it is permitted; that there is nothing to read is no refusal."""
    try:
        read()
    except (Denied, PermissionError):
        return False
    except (Missing, OSError):
        return True
    return True


def _reason(target: Target, host: Host) -> str:
    """Why the kernel refuses to let one process look into another (ptrace(2), access mode checking)."""
    if capabilities(host) >> _CAP_SYS_PTRACE & 1:
        return "refused although CAP_SYS_PTRACE is held, by a security module or a user namespace"
    try:
        uid = parse_status(host.proc(f"{target.pid}/status")).uid
        # of a file, not of the directory: that stays the user's (fs/proc/base.c, task_dump_owner)
        owner = os.stat(f"{host.procfs}/{target.pid}/stat").st_uid
    except (Missing, OSError):
        return "refused"
    if uid != os.geteuid():
        return f"it belongs to another user (uid {uid}) and perfdiag lacks CAP_SYS_PTRACE; run as root"
    if owner != uid:
        return "it has made itself non-dumpable (prctl or a set-user-id program); run as root"
    try:
        scope = host.proc("sys/kernel/yama/ptrace_scope").strip()
    except Missing:
        scope = "0"
    if scope != "0":
        return f"kernel.yama.ptrace_scope is {scope} and perfdiag lacks CAP_SYS_PTRACE; run as root"
    return (
        "refused by the kernel (a capability it holds and perfdiag lacks, or a security module); run as root"
    )


def describe(target: Target, host: Host, inspector: Inspector, *, ports: bool = True) -> Process:
    """The record of the target; what may not be read is left empty, and the `ports` that it listens on when
    they are not asked for. TargetError when it has ended."""
    pid = target.pid
    try:
        stat = parse_stat(host.proc(f"{pid}/stat"))
        uid = parse_status(host.proc(f"{pid}/status")).uid
        cpus = len(os.sched_getaffinity(pid))
    except (NoData, ProcessLookupError) as error:
        raise missing(pid) from error
    except Missing as error:
        raise unreadable(pid, error) from error
    found = Process(
        key=target.key,
        pid=pid,
        ppid=stat.ppid,
        started=stat.started,
        comm=stat.comm,
        exe=_exe(inspector, pid),
        uid=uid,
        cpus=cpus,
        cgroups=_cgroups(host, pid),
        ports=_ports(host, inspector, pid) if ports else (),
        inner_pid=inner_pid(pid, host.procfs),
    )
    if not target.alive():  # then what was read may be of another process with its number
        raise missing(pid)
    return found


def _cgroups(host: Host, pid: int) -> Labels:
    try:
        return tuple((name, printable(path)) for name, path in sorted(memberships(host, pid).items()))
    except Missing:
        return ()


def _exe(inspector: Inspector, pid: int) -> str:
    try:
        return inspector.exe(pid)
    except Missing:
        return ""


def _ports(host: Host, inspector: Inspector, pid: int) -> tuple[int, ...]:
    try:
        return tuple(sorted(listening_ports(host, pid, inspector.sockets(pid))))
    except Missing:
        return ()
