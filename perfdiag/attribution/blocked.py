"""The class of a thread that is blocked: from its system call, the object of the call, and its stack."""

from collections.abc import Sequence

from perfdiag.attribution.waits import (
    HELPERS,
    SIGNS,
    in_event_loop,
    in_job,
    waiting_frame,
    waits_for,
    work_frames,
)
from perfdiag.model import PAIR, Frame, Object, ObjectType, Origin, TimeClass
from perfdiag.sampler.syscalls import CALLS, Call, Wait
from perfdiag.ticks import OUTSIDE, UNREADABLE

# frames of user code from the thread's root down to a timer: `main` may be called from the module
_TIMER_DEPTH = {True: 2, False: 1}

_PLAIN = {
    Wait.CHILD: TimeClass.CHILD,
    Wait.SYNC: TimeClass.FSYNC,
    Wait.LOCK: TimeClass.LOCK,
    Wait.PATH: TimeClass.DISK,
    Wait.ACCEPT: TimeClass.IDLE,
    Wait.SIGNAL: TimeClass.IDLE,
}
ACCELERATORS = ("/dev/nvidia", "/dev/kfd")  # who waits in their drivers has sent them work
# waits for others that may have been asked for something
_ANSWERS = HELPERS | SIGNS | {("multiprocessing/connection.py", "wait")}
_SEVERAL = {Wait.POLL, Wait.SELECT, Wait.EPOLL}
_SOCKETS = {ObjectType.TCP, ObjectType.UDP, ObjectType.UNIX}
_SENDING = {"sendto", "sendmsg", "write", "writev", "sendfile"}
# unix sockets of what looks up names: systemd-resolved, nscd, avahi
_RESOLVERS = ("/run/systemd/resolve/", "/run/nscd/", "/var/run/nscd/", "/run/avahi-daemon/")
_WRITING = {"write", "writev", "pwrite64", "pwritev", "pwritev2", "fallocate", "ftruncate", "copy_file_range"}


def class_of(
    call: int, item: Object | None, frames: tuple[Frame, ...], *, main: bool, young: bool
) -> TimeClass:
    """What a blocked thread waits for. `young`: born within the window, so made for one piece of work.

    In a callback of an event loop nothing is a wait for work: the loop cannot go on.
    """
    time = _class_of(call, item, frames, main=main, young=young)
    if time is TimeClass.IDLE and in_event_loop(frames):
        return TimeClass.NETWORK if item is not None and item.type in _SOCKETS else TimeClass.LOCK
    return time


def _class_of(
    call: int, item: Object | None, frames: tuple[Frame, ...], *, main: bool, young: bool
) -> TimeClass:
    if call == OUTSIDE:
        return TimeClass.FAULT  # a page that has to be read, or to be found by reclaiming others
    if call == UNREADABLE:
        return TimeClass.UNKNOWN if frames else TimeClass.IDLE
    known = CALLS.get(call)
    if known is None:
        return TimeClass.UNKNOWN
    wait = known.wait
    if wait in _PLAIN:
        return _PLAIN[wait]
    if wait is Wait.FUTEX:
        return _futex(item, frames)
    if wait is Wait.SLEEP and item is not None and frames:
        return TimeClass.LOCK  # which cannot be waited for in another way (sampler.busy_files)
    # a select for nothing is how CPython sleeps before 3.11
    if wait is Wait.SLEEP or (wait is Wait.SELECT and item is None and waits_for(frames) is None):
        return _sleep(frames, main=main, young=young)
    return _input_output(known, item, frames)


def _futex(item: Object | None, frames: tuple[Frame, ...]) -> TimeClass:
    if item is not None and item.type is ObjectType.GIL:
        return TimeClass.GIL
    if not frames:  # a native thread: between two pieces of work, or behind another one
        return TimeClass.LOCK if item is not None and item.name.startswith("mutex ") else TimeClass.IDLE
    return waits_for(frames) or TimeClass.LOCK


def _sleep(frames: tuple[Frame, ...], *, main: bool, young: bool) -> TimeClass:
    """A sleep in the loop at the root of a thread is its timer; deeper, it delays the work in hand.

    The root must be user code: below a pool's worker or a server's handler every sleep is in some work.
    """
    born_for_it = young and bool(work_frames(frames))
    return TimeClass.IDLE if is_timer(frames, main=main) and not born_for_it else TimeClass.SLEEP


def is_timer(frames: Sequence[Frame], *, main: bool) -> bool:
    """Whether a sleep on this stack is in the loop at the root of a thread."""
    work = work_frames(frames)
    user = [frame for frame in work if frame.origin is Origin.USER]
    rooted = all(f.origin is Origin.USER for f in work[len(work) - len(user) :])
    if main:  # runpy and the like stand below the module
        rooted = not in_job(work)
    return not work or (rooted and len(user) <= _TIMER_DEPTH[main] and not in_event_loop(frames))


def rests(item: Object, frames: Sequence[Frame], *, main: bool) -> bool:
    """Whether a thread that is idle on `item` waits for work, and not in the midst of it for an answer: on a
    listener, on a connection that was accepted, in a call that hands out work, else at its root."""
    if item.served or item.name.startswith("listen "):
        return True
    waits = waiting_frame(frames)
    if waits is not None and waits not in _ANSWERS:
        return True
    return waits not in HELPERS and is_timer(frames, main=main)


def _input_output(known: Call, item: Object | None, frames: tuple[Frame, ...]) -> TimeClass:
    said = waits_for(frames)
    if said not in (None, TimeClass.LOCK, TimeClass.POOL):
        return said
    if item is None or item.type is ObjectType.OTHER:
        # several descriptors at once: an event loop or a selector with nothing ready
        return TimeClass.IDLE if known.wait in _SEVERAL else TimeClass.UNKNOWN
    sends = known.name in _SENDING or item.sending
    if item.type is ObjectType.CHILD:
        return TimeClass.QUEUE if sends else TimeClass.CHILD
    if item.type in _SOCKETS:
        return _socket(item, connects=known.wait is Wait.CONNECT or item.connecting, sends=sends)
    if item.type is ObjectType.PIPE:
        return TimeClass.QUEUE if sends else TimeClass.IDLE
    if item.type is ObjectType.FILE:
        return TimeClass.WRITE if known.name in _WRITING else TimeClass.DISK
    if item.type is ObjectType.DEVICE:
        return TimeClass.UNKNOWN if sends or item.name.startswith(ACCELERATORS) else TimeClass.IDLE
    return TimeClass.UNKNOWN


def _socket(item: Object, *, connects: bool, sends: bool) -> TimeClass:
    if item.name.startswith("listen "):
        return TimeClass.IDLE
    if not item.served and (item.service == "dns" or item.name.startswith(_RESOLVERS)):
        return TimeClass.DNS
    if connects:
        return TimeClass.CONNECT
    if sends:  # a pair of sockets without a name is a pipe to another thread or a worker process
        return TimeClass.QUEUE if item.type is ObjectType.UNIX and item.name == PAIR else TimeClass.SEND
    return TimeClass.IDLE if item.served else TimeClass.NETWORK
