"""Groups of threads: those with the same root function, or the same event loop.

Pressure is judged per group, so that one busy pool is not diluted by idle helpers, nor a healthy server
accused because its few busy moments are all alike.
"""

import re
from collections.abc import Iterable

from perfdiag.attribution.waits import work_frames
from perfdiag.model import Frame, Origin, Stack, Thread

NATIVE = frozenset({Origin.NATIVE, Origin.KERNEL})
_RUNTIME = re.compile(r"^\[|/(?:ld|libc|libm|libdl|librt|libpthread|libstdc\+\+|libgcc_s)[-.][^/]*$")
_NUMBER = re.compile(r"[-_ #:/.]*\d+$")
MAIN = "main thread"
POOL_WORKERS = "ThreadPoolExecutor workers"
_POOL = ("_worker", "concurrent/futures/thread.py")


def group_of(stack: Stack | None, thread: Thread, program: str = "") -> str:
    """A name for the group of a thread: its root function and file, 'main thread', or its native name. The
    main threads of processes that run the same `program` are one group, apart from that of the only process
    that was chosen, which has no such name."""
    if thread.main:
        return f"{MAIN} ({program})" if program else MAIN
    frames = work_frames(stack.frames) if stack else ()
    if not frames:
        return f"{_NUMBER.sub('', thread.name) or thread.name} (native)"
    root = frames[-1]
    if root.function == _POOL[0] and root.file.endswith(_POOL[1]):
        return POOL_WORKERS
    return f"{root.function} ({root.file.rpartition('/')[2]})"


def user_frame(frames: tuple[Frame, ...]) -> Frame | None:
    """The first user code from the leaf; if there is none the outermost library frame, else the leaf. Of a
    program that is not interpreted, the first of its own functions from the leaf, else what called the
    kernel."""
    for frame in frames:
        if frame.origin is Origin.USER:
            return frame
    for frame in reversed(frames):
        if frame.origin is Origin.LIBRARY:
            return frame
    if all(frame.origin in NATIVE for frame in frames):
        return next(iter(own_frames(frames) or outside_kernel(frames) or frames), None)
    return next(frame for frame in frames if frame.origin not in NATIVE)


def own_frames(frames: Iterable[Frame]) -> tuple[Frame, ...]:
    """Native frames, but for the kernel's and those of the C library and its kin."""
    return tuple(
        frame for frame in frames if frame.origin is Origin.NATIVE and not _RUNTIME.search(frame.file)
    )


def outside_kernel(frames: Iterable[Frame]) -> tuple[Frame, ...]:
    """Frames but for the kernel's: a page fault or a system call has many, and nobody is to change them."""
    return tuple(frame for frame in frames if frame.origin is not Origin.KERNEL)


def in_pool(stack: Stack | None, thread: Thread) -> bool:
    """Whether the thread is a worker of a library's pool or server: what it waits in is work in hand."""
    frames = work_frames(stack.frames) if stack else ()
    return bool(frames) and not thread.main and frames[-1].origin is not Origin.USER
