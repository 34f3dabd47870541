"""System calls by number, and what a thread that is blocked in one waits for.

Tables of x86-64 and aarch64 (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h).
A call that is not listed can block too (`mmap` on the lock of the address space), but waits for nothing that
has a name.
"""

import platform
from dataclasses import dataclass
from enum import Enum

from perfdiag.ticks import OUTSIDE, RUNNING


class Wait(Enum):
    """What the call waits for, and so how its arguments are read."""

    FD = "fd"  # argument `fd` is a descriptor
    CONNECT = "connect"  # descriptor, address
    ACCEPT = "accept"  # descriptor of a listening socket
    LOCK = "lock"  # a lock of the kernel: flock, fcntl (descriptor), semop (none)
    SYNC = "sync"  # durability; argument `fd` is a descriptor, -1: of everything
    PATH = "path"  # argument `path` is the address of a path
    POLL = "poll"  # array of struct pollfd, its length
    SELECT = "select"  # number of descriptors, three bitmaps
    EPOLL = "epoll"  # descriptor of an epoll set
    FUTEX = "futex"  # address
    SLEEP = "sleep"
    CHILD = "child"
    SIGNAL = "signal"


@dataclass(frozen=True, slots=True)
class Call:
    """`fd` and `path` are positions of arguments, -1 where there is none."""

    name: str
    wait: Wait
    fd: int = -1
    path: int = -1


_FIRST_IS_DESCRIPTOR = (
    "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 sendto recvfrom sendmsg "
    "recvmsg sendmmsg recvmmsg sendfile splice tee copy_file_range ioctl getdents getdents64 fstat ftruncate "
    "fallocate lseek mq_timedsend mq_timedreceive io_uring_enter"
)
_FIRST_IS_PATH = "open creat stat lstat access truncate mkdir rmdir rename link unlink readlink chmod"
_SECOND_IS_PATH = "openat openat2 newfstatat statx faccessat mkdirat unlinkat renameat renameat2 readlinkat"

_KNOWN = {
    call.name: call
    for call in (
        *(Call(name, Wait.FD, fd=0) for name in _FIRST_IS_DESCRIPTOR.split()),
        *(Call(name, Wait.PATH, path=0) for name in _FIRST_IS_PATH.split()),
        *(Call(name, Wait.PATH, path=1) for name in _SECOND_IS_PATH.split()),
        *(Call(name, Wait.SYNC, fd=0) for name in ("fsync", "fdatasync", "sync_file_range", "syncfs")),
        *(Call(name, Wait.SYNC) for name in ("sync", "msync")),
        *(Call(name, Wait.LOCK, fd=0) for name in ("flock", "fcntl")),
        *(Call(name, Wait.LOCK) for name in ("semop", "semtimedop")),
        *(Call(name, Wait.ACCEPT, fd=0) for name in ("accept", "accept4")),
        *(Call(name, Wait.POLL) for name in ("poll", "ppoll")),
        *(Call(name, Wait.SELECT) for name in ("select", "pselect6")),
        *(Call(name, Wait.EPOLL, fd=0) for name in ("epoll_wait", "epoll_pwait", "epoll_pwait2")),
        *(Call(name, Wait.FUTEX) for name in ("futex", "futex_wait", "futex_waitv")),
        *(Call(name, Wait.SLEEP) for name in ("nanosleep", "clock_nanosleep")),
        *(Call(name, Wait.CHILD) for name in ("wait4", "waitid", "vfork")),
        *(Call(name, Wait.SIGNAL) for name in ("pause", "rt_sigsuspend", "rt_sigtimedwait")),
        Call("connect", Wait.CONNECT, fd=0),
    )
}

# Numbers from 424 on are the same everywhere.
_COMMON = """io_uring_enter 426 openat2 437 epoll_pwait2 441 futex_waitv 449 futex_wait 455"""

_X86_64 = """
read 0 write 1 open 2 stat 4 fstat 5 lstat 6 poll 7 lseek 8 ioctl 16 pread64 17 pwrite64 18 readv 19 writev 20
access 21 select 23 msync 26 pause 34 nanosleep 35 sendfile 40 connect 42 accept 43 sendto 44 recvfrom 45
sendmsg 46 recvmsg 47 vfork 58 wait4 61 semop 65 fcntl 72 flock 73 fsync 74 fdatasync 75 truncate 76
ftruncate 77 getdents 78 rename 82 mkdir 83 rmdir 84 creat 85 link 86 unlink 87 readlink 89 chmod 90
rt_sigtimedwait 128 rt_sigsuspend 130 sync 162 futex 202 getdents64 217 semtimedop 220 clock_nanosleep 230
epoll_wait 232 mq_timedsend 242 mq_timedreceive 243 waitid 247 openat 257 mkdirat 258 newfstatat 262
unlinkat 263 renameat 264 readlinkat 267 faccessat 269 pselect6 270 ppoll 271 splice 275 tee 276
sync_file_range 277 epoll_pwait 281 fallocate 285 accept4 288 preadv 295 pwritev 296 recvmmsg 299 syncfs 306
sendmmsg 307 renameat2 316 copy_file_range 326 preadv2 327 pwritev2 328 statx 332
"""

_AARCH64 = """
epoll_pwait 22 fcntl 25 ioctl 29 flock 32 mkdirat 34 unlinkat 35 renameat 38 truncate 45 ftruncate 46
fallocate 47 faccessat 48 openat 56 getdents64 61 lseek 62 read 63 write 64 readv 65 writev 66 pread64 67
pwrite64 68 preadv 69 pwritev 70 sendfile 71 pselect6 72 ppoll 73 splice 76 tee 77 readlinkat 78
newfstatat 79 fstat 80 sync 81 fsync 82 fdatasync 83 sync_file_range 84 waitid 95 futex 98 nanosleep 101
clock_nanosleep 115 rt_sigsuspend 133 rt_sigtimedwait 137 mq_timedsend 182 mq_timedreceive 183 semtimedop 192
semop 193 accept 202 connect 203 sendto 206 recvfrom 207 sendmsg 211 recvmsg 212 msync 227 accept4 242
recvmmsg 243 wait4 260 syncfs 267 sendmmsg 269 renameat2 276 copy_file_range 285 preadv2 286 pwritev2 287
statx 291
"""

_TABLES = {"x86_64": _X86_64, "aarch64": _AARCH64}


def calls_of(machine: str) -> dict[int, Call]:
    """number -> call on this machine ('x86_64', 'aarch64'); empty for others, where no call is understood."""
    if machine not in _TABLES:
        return {}
    words = (_TABLES[machine] + _COMMON).split()
    return {int(number): _KNOWN[name] for name, number in zip(words[::2], words[1::2], strict=True)}


CALLS = calls_of(platform.machine())


def parse_syscall(line: bytes) -> tuple[int, tuple[int, ...]]:
    """(number, six arguments) from /proc/PID/task/TID/syscall; (RUNNING, ()) and (OUTSIDE, ()) otherwise.

    The file holds 'running', or '-1 SP PC', or the number in decimal and arguments, SP and PC in hexadecimal
    (proc_pid_syscall(5)).
    """
    words = line.split()
    if not words or words[0] == b"running":
        return RUNNING, ()
    number = int(words[0])
    if number < 0:
        return OUTSIDE, ()
    return number, tuple([int(word, 16) for word in words[1:7]])


def stack_pointer(line: bytes) -> int:
    """Of a blocked thread, from the same line: it stands before the program counter."""
    return int(line.split()[-2], 16)
