"""What this host lets perfdiag see: one line per ability, with the way to get what is missing."""

import os
import platform
import sys
from dataclasses import dataclass

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.cgroups import hierarchies
from perfdiag.host.commands import find_program, own_program

_CAP_SYS_PTRACE = 19
_CAP_PERFMON = 38
_CAP_BPF = 39
_CAP_SYS_ADMIN = 21
_PARANOID_USER = 2  # above it some distributions refuse all but root


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """`have`: True, False; `detail` says what was found, `fix` what to do about it."""

    name: str
    have: bool
    detail: str
    fix: str = ""


def capabilities(host: Host) -> int:
    """The effective capabilities of this process, as the kernel's bit mask."""
    for line in host.proc("self/status").splitlines():
        if line.startswith("CapEff:"):
            return int(line.split()[1], 16)
    return 0


def abilities(host: Host) -> tuple[Ability, ...]:
    """Everything that decides how much a profile can say."""
    mask = capabilities(host)
    ptrace = bool(mask >> _CAP_SYS_PTRACE & 1)
    return (
        _interpreter(),
        _stacks(ptrace),
        Ability(
            name="processes of other users",
            have=ptrace,
            detail="CAP_SYS_PTRACE is held" if ptrace else "CAP_SYS_PTRACE is not held",
            fix="" if ptrace else "run as root, or give the interpreter cap_sys_ptrace for the look",
        ),
        _yama(host, ptrace),
        _file(host, "run-queue delay per thread", "self/schedstat", "a kernel with CONFIG_SCHED_INFO"),
        _file(host, "system call of a thread", "self/syscall", "a kernel with CONFIG_HAVE_ARCH_TRACEHOOK"),
        _file(host, "pressure stall information", "pressure/cpu", "boot with psi=1 (CONFIG_PSI)"),
        _cgroups(host),
        Ability(
            name="BPF task iterator",
            have=bool(mask >> _CAP_BPF & 1 and mask >> _CAP_PERFMON & 1)
            and os.path.exists(f"{host.sysfs}/kernel/btf/vmlinux"),
            detail="not used yet: /proc is read instead",
        ),
        _py_spy(),
        _perf(host, mask),
    )


def _interpreter() -> Ability:
    version = platform.python_version()
    return Ability(
        name="perfdiag's own interpreter", have=True, detail=f"CPython {version}, {sys.executable}"
    )


def _stacks(ptrace: bool) -> Ability:
    known = platform.machine() == "x86_64" and platform.libc_ver()[0] == "glibc"
    whose = "any process" if ptrace else "your own processes"
    return Ability(
        name="Python stacks without stopping the target",
        have=known,
        detail=f"CPython 3.8 to 3.15 of {whose}"
        if known
        else f"not on {platform.machine()} with {platform.libc_ver()[0] or 'this C library'}",
        fix="" if known else "the kernel's view of threads is reported all the same",
    )


def _yama(host: Host, ptrace: bool) -> Ability:
    try:
        scope = host.proc("sys/kernel/yama/ptrace_scope").strip()
    except Missing:
        return Ability(
            name="ptrace scope (Yama)", have=True, detail="not restricted: Yama is not in this kernel"
        )
    free = scope == "0" or (ptrace and scope in "12")
    return Ability(
        name="ptrace scope (Yama)",
        have=free,
        detail=f"kernel.yama.ptrace_scope = {scope}",
        fix="" if free else "run as root, or set kernel.yama.ptrace_scope to 0 for the look",
    )


def _file(host: Host, name: str, path: str, fix: str) -> Ability:
    try:
        host.proc(path)
    except Missing as missing:
        return Ability(name=name, have=False, detail=str(missing), fix=fix)
    return Ability(name=name, have=True, detail=f"/proc/{path}")


def _cgroups(host: Host) -> Ability:
    try:
        found = hierarchies(host)
    except Missing as missing:
        return Ability(name="CPU quotas of cgroups", have=False, detail=str(missing), fix="mount cgroupfs")
    layout = " and ".join((["v2"] if "" in found else []) + (["v1"] if "cpu" in found else []))
    return Ability(
        name="CPU quotas of cgroups",
        have=bool(layout),
        detail=f"cgroup {layout}" if layout else "no cgroup file system is mounted",
        fix="" if layout else "mount cgroup2 at /sys/fs/cgroup",
    )


def _py_spy() -> Ability:
    path = own_program("py-spy")
    return Ability(
        name="stacks of interpreters that perfdiag cannot read, and native frames (py-spy)",
        have=bool(path),
        detail=path or "py-spy is not installed in this environment",
        fix="" if path else "pip install 'perfdiag[py-spy]'",
    )


def _perf(host: Host, mask: int) -> Ability:
    """Sampling by software clock needs no more than the right to look at a process, up to paranoid 2."""
    name, path = "stacks of programs that are not Python (perf)", find_program("perf")
    if not path:
        fix = "apt-get install linux-perf (Debian), linux-tools-$(uname -r) (Ubuntu)"
        return Ability(name=name, have=False, detail="perf is not installed", fix=fix)
    level = _number(host, "sys/kernel/perf_event_paranoid")
    whole = bool(mask >> _CAP_PERFMON & 1 or mask >> _CAP_SYS_ADMIN & 1) or level < 2
    if not whole and level > _PARANOID_USER:
        fix = "run as root, or set kernel.perf_event_paranoid to 2 for the look"
        return Ability(
            name=name, have=False, detail=f"kernel.perf_event_paranoid = {level} refuses it", fix=fix
        )
    what = "any code" if whole else "your own processes, without the kernel's part"
    return Ability(name=name, have=True, detail=f"{path}: {what}")


def _number(host: Host, path: str) -> int:
    try:
        return int(host.proc(path))
    except (Missing, ValueError):
        return 0  # a kernel without perf events is told by perf itself
