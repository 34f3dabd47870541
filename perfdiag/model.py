"""The records of what was collected and attributed (frozen, keyword-only; collections are tuples).

collect -> Sample, Process, Object, Stack, ticks -> attribute -> Slice; what is concluded from them
(Signal, Draft, Finding, Report) stands in `diagnosis`.

Times are seconds on the monotonic clock unless a field ends in `_ns`; `wall` is seconds since 1970, UTC.
Strings from outside (names, paths) have been through `text.printable` when they reach a record.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from perfdiag.errors import FaultKind
from perfdiag.units import Unit

Labels = tuple[tuple[str, str], ...]


class Origin(StrEnum):
    USER = "user"
    LIBRARY = "library"
    STDLIB = "stdlib"
    NATIVE = "native"
    KERNEL = "kernel"


class Role(StrEnum):
    TARGET = "target"
    MASTER = "master"
    WORKER = "worker"
    PEER = "peer"


class ObjectType(StrEnum):
    FILE = "file"
    TCP = "tcp"
    UDP = "udp"
    UNIX = "unix"
    PIPE = "pipe"
    FUTEX = "futex"
    GIL = "gil"
    CHILD = "child"
    DEVICE = "device"
    CGROUP = "cgroup"
    OTHER = "other"


class TimeClass(StrEnum):
    """What a thread's time goes to; a partition of the wall time of a thread."""

    PYTHON = "python"  # on a CPU, holding the GIL or not known to be outside it
    NATIVE = "native"  # on a CPU in C code that released the GIL, or in a thread without Python frames
    KERNEL = "kernel"  # on a CPU, in a system call
    RUNQUEUE = "runqueue"  # ready, waiting for a CPU
    THROTTLED = "throttled"  # ready, stopped by the CPU quota of a cgroup
    GIL = "gil"
    GC = "gc"
    LOCK = "lock"
    POOL = "pool"  # a turn at something of which there are only so many: a semaphore, a connection pool
    QUEUE = "queue"  # room in a queue that is full
    DISK = "disk"  # reads, and what concerns names (open, stat)
    WRITE = "write"  # writes to files
    FSYNC = "fsync"
    FAULT = "fault"  # page faults
    NETWORK = "network"  # the answer of a peer
    CONNECT = "connect"
    DNS = "dns"
    SEND = "send"  # room to send: the peer or the link drains too slowly
    SLEEP = "sleep"
    CHILD = "child"
    IDLE = "idle"  # waits for work: not busy time, not ill
    UNKNOWN = "unknown"


ON_CPU = frozenset({TimeClass.PYTHON, TimeClass.NATIVE, TimeClass.KERNEL, TimeClass.GC})
# what other threads, other programs and quotas do to a thread
IMPOSED = frozenset({TimeClass.GIL, TimeClass.RUNQUEUE, TimeClass.THROTTLED})
# what a thread waits for itself, with work in hand
OWN_WAITS = frozenset(TimeClass) - ON_CPU - IMPOSED - {TimeClass.IDLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number that never travels alone. `low..high` is the interval at `confidence` from `n` blocks or
    events; a caveat says what makes it worth less."""

    value: float
    low: float
    high: float
    unit: Unit
    n: int
    confidence: float = 0.95
    window: tuple[float, float] | None = None
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process by identity: `key` is its pidfd inode where the kernel gives unique ones, else
    'pid@starttime'. `cpus` counts the CPUs it may use (affinity, not quota)."""

    key: str
    pid: int
    ppid: int
    started: int  # clock ticks since boot, /proc/PID/stat field 22
    comm: str
    exe: str
    uid: int
    cpus: int
    cgroups: Labels = ()  # (controller or '' for v2, path)
    runtime: str = ""  # 'CPython 3.11.7', '' when not an interpreter that is known
    modules: tuple[str, ...] = ()  # packs (perfdiag.packs) whose shared objects it has mapped
    role: Role = Role.TARGET
    ports: tuple[int, ...] = ()  # TCP ports it listens on
    inner_pid: int = 0  # its number in its own PID namespace, where that is another
    gone: float | None = None
    # (process, object): who waits on what of which this one is the other end; indices
    serves: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread of a process of the recording; `process` is an index into `Recording.processes`. A task of
    asyncio is one too: `loop` is the thread that runs its event loop, 0 for what is a thread itself."""

    process: int
    tid: int
    name: str
    main: bool
    loop: int = 0


# the beginning of the name of the connections that a process has accepted, where it has several of them, and
# of all sets of descriptors that hold several
SERVING = "accepted connections"
PAIR = "socket pair"  # the name of both ends of a pair of unix sockets that have none
# the name of all UDP sockets without a peer and without a port of their own: whom they ask the kernel does
# not tell, and each may be another one's like
UNCONNECTED = "peers of unconnected UDP sockets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """What a thread waits on. `peer` names the process at the other end where it is on this host."""

    id: int
    type: ObjectType
    name: str  # '10.0.0.7:5432', '/var/lib/x.db', 'futex 0x7f..', 'git'
    service: str = ""  # 'postgresql', from the peer process or the port
    peer: str = ""  # 'postgres (pid 812)'
    peer_pid: int = 0
    served: bool = False  # a connection that this process accepted: a wait on it is a wait for work
    connecting: bool = False  # polled until it is connected
    sending: bool = False  # polled for room to send, and for nothing else
    holder: int = 0  # of a lock: the thread that held it at the end of the look, and had stood still for long


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    file: str
    function: str  # qualified name
    line: int
    first_line: int
    origin: Origin


# file and function of the frame that stands between an asyncio task's own frames and those, above them, of
# the task that it awaits
AWAITED_TASK = ("<asyncio>", "await task")
TASKS = "task "  # the beginning of the name of a group of tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Frames from the leaf to the root."""

    id: int
    frames: tuple[Frame, ...]


class Kind(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A raw reading; rates exist only between two of them."""

    name: str
    value: float
    unit: Unit
    kind: Kind
    labels: Labels = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of a service, from traces or an access log."""

    start: float
    duration: float
    route: str
    ok: bool
    trace_id: str = ""
    tid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that could not be read: a value, never an exception that escapes, never a zero."""

    source: str
    kind: FaultKind
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the collectors saw at one instant; once a second."""

    at: float
    wall: float
    round: int = 1
    samples: tuple[Sample, ...] = ()
    requests: tuple[Request, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """`weight` seconds of one thread within t0..t1. `stack` is where it was, `other` the stack that stood
    in its way (the holder of the GIL or of the lock); both are ids, -1 when not known. `faults`: page faults
    in it, as far as they could be counted; `turns`: how many waits ended in it."""

    process: int
    tid: int
    t0: float
    t1: float
    time: TimeClass
    object: int
    stack: int
    weight: float
    other: int = -1
    faults: float = 0.0
    turns: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the code as findings name it."""

    file: str
    function: str
    line: int
    stack: tuple[str, ...] = ()  # 'file:line function', leaf first


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the look cost: CPU seconds of perfdiag, ticks, torn reads, time the target was stopped. `budget`
    and `used` are shares of one core: what looking was allowed to take, and took."""

    sampler_cpu: float
    parent_cpu: float
    planned: int
    made: int
    stacks: int
    torn: int
    retried: int
    stopped: float = 0.0
    budget: float = 0.0
    used: float = 0.0


# Why a recording ended early, where that is part of the contract (`Meta.ended`)
TARGET_EXITED, INTERRUPTED, TERMINATED = "target exited", "interrupted", "terminated"
# What `Meta.blind` says of a process that was stopped when it was attached to
STOPPED = "what it does when it runs: the process is stopped (SIGSTOP or a debugger) and stays so"


# The option of a recording (`Meta.options`) whose second process is compared with its first
AGAINST = "against"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """How a recording was made; replaced as a whole when it is closed."""

    run_id: str
    version: str
    started: float  # wall
    hostname: str
    kernel: str
    cpus: int
    target: str
    duration: float
    rate: float
    engine: str = ""
    ended: str = ""  # '', or why the recording ended early: TARGET_EXITED, INTERRUPTED, ...
    options: Labels = ()
    blind: tuple[str, ...] = ()  # what this run could not see, in words
    subject: str = ""  # of findings: 'process:PID', 'tree:PID' or 'set:PID,PID'; '': the first process
    exit_status: int | None = None  # of a command that perfdiag started; negative: the signal that ended it
    cost: Cost = field(
        default_factory=lambda: Cost(
            sampler_cpu=0, parent_cpu=0, planned=0, made=0, stacks=0, torn=0, retried=0
        )
    )
