"""Which Python frames say what a blocked thread waits for: data, not code.

Only the frames between the leaf and the first line of user code are looked at, from the outside in: the
outermost match wins, because `queue.get` waits through `Condition.wait` and means the queue. A row names a
file (by its last parts) and a function (its qualified name, or the last part of it).
"""

from collections.abc import Container, Sequence

from perfdiag.attribution.awaits import AWAITS
from perfdiag.model import Frame, Origin, TimeClass

_IDLE, _LOCK, _CHILD = TimeClass.IDLE, TimeClass.LOCK, TimeClass.CHILD
_POOL, _QUEUE, _DNS = TimeClass.POOL, TimeClass.QUEUE, TimeClass.DNS

Key = tuple[str, str]

# waits whose meaning the stack alone does not tell
GET, TURN = ("queue.py", "get"), ("threading.py", "acquire")
CONDITION = ("threading.py", "Condition.wait")  # called by the program itself
SIGNS = {CONDITION, ("threading.py", "wait"), ("threading.py", "wait_for")}
BARRIER = ("threading.py", "Barrier.wait")
PUTS = {("queue.py", "put"), ("multiprocessing/queues.py", "put")}
_GETS = {GET, ("queue.py", "get_nowait"), ("multiprocessing/queues.py", "get")}
_ACCEPTS = {("socket.py", "accept"), ("socketserver.py", "serve_forever")}
RESULTS = {("concurrent/futures/_base.py", "result"), ("concurrent/futures/_base.py", "exception")}
# waits for a thread of one's own to end, or to give its result
HELPERS = RESULTS | {("threading.py", "join"), ("threading.py", "_wait_for_tstate_lock")}

WAITS: dict[Key, TimeClass] = {
    # waiting for work
    GET: _IDLE,
    ("concurrent/futures/thread.py", "_worker"): _IDLE,
    ("concurrent/futures/process.py", "wait_result_broken_or_wakeup"): _IDLE,
    ("multiprocessing/queues.py", "get"): _IDLE,
    ("multiprocessing/connection.py", "wait"): _IDLE,
    ("multiprocessing/pool.py", "_handle_tasks"): _IDLE,
    ("multiprocessing/pool.py", "_handle_results"): _IDLE,
    ("multiprocessing/pool.py", "_handle_workers"): _IDLE,
    ("multiprocessing/pool.py", "_wait_for_updates"): _IDLE,
    ("socketserver.py", "serve_forever"): _IDLE,
    ("asyncio/base_events.py", "_run_once"): _IDLE,
    ("socket.py", "accept"): _IDLE,
    CONDITION: _IDLE,
    BARRIER: _IDLE,
    ("threading.py", "wait"): _IDLE,  # Event, Condition: told by another thread when there is work
    ("threading.py", "wait_for"): _IDLE,
    ("sched.py", "run"): _IDLE,
    # a thread that was made has to begin: nobody's work, and not idle
    ("threading.py", "start"): TimeClass.UNKNOWN,
    # waiting for work that a broker hands out
    ("redis/client.py", "listen"): _IDLE,
    ("redis/client.py", "get_message"): _IDLE,
    ("redis/commands/core.py", "blpop"): _IDLE,
    ("redis/commands/core.py", "brpop"): _IDLE,
    ("redis/commands/core.py", "blmove"): _IDLE,
    ("redis/commands/core.py", "brpoplpush"): _IDLE,
    ("redis/commands/core.py", "bzpopmin"): _IDLE,
    ("redis/commands/core.py", "bzpopmax"): _IDLE,
    ("redis/commands/core.py", "xread"): _IDLE,
    ("redis/commands/core.py", "xreadgroup"): _IDLE,
    ("pika/adapters/blocking_connection.py", "start_consuming"): _IDLE,
    ("pika/adapters/blocking_connection.py", "process_data_events"): _IDLE,
    ("kombu/connection.py", "drain_events"): _IDLE,
    ("kafka/consumer/group.py", "poll"): _IDLE,
    ("psycopg/connection.py", "notifies"): _IDLE,
    ("websocket/_core.py", "recv"): _IDLE,
    ("websockets/sync/connection.py", "recv"): _IDLE,
    # waiting for one's own helper: what it does is seen in its own thread
    ("threading.py", "join"): _IDLE,
    ("threading.py", "_wait_for_tstate_lock"): _IDLE,
    ("threading.py", "_shutdown"): _IDLE,
    **dict.fromkeys(RESULTS, _IDLE),
    ("concurrent/futures/_base.py", "wait"): _IDLE,
    ("concurrent/futures/_base.py", "as_completed"): _IDLE,
    ("concurrent/futures/_base.py", "result_iterator"): _IDLE,
    ("concurrent/futures/thread.py", "shutdown"): _IDLE,
    # waiting for room in a queue
    **dict.fromkeys(PUTS, _QUEUE),
    # waiting for a lock
    ("threading.py", "_RLock.acquire"): _LOCK,
    ("threading.py", "__enter__"): _LOCK,
    # waiting for a turn: a semaphore, a connection
    TURN: _POOL,
    ("sqlalchemy/pool/impl.py", "_do_get"): _POOL,
    ("sqlalchemy/util/queue.py", "get"): _POOL,
    ("urllib3/connectionpool.py", "_get_conn"): _POOL,
    ("psycopg_pool/pool.py", "getconn"): _POOL,
    ("redis/connection.py", "get_connection"): _POOL,
    ("pymongo/pool.py", "checkout"): _POOL,
    ("pymongo/synchronous/pool.py", "checkout"): _POOL,
    ("kombu/resource.py", "acquire"): _POOL,
    ("dbutils/pooled_db.py", "connection"): _POOL,
    # waiting for a name
    ("socket.py", "getaddrinfo"): _DNS,
    ("socket.py", "getfqdn"): _DNS,
    ("dns/query.py", "udp"): _DNS,
    ("dns/query.py", "tcp"): _DNS,
    ("dns/query.py", "tls"): _DNS,
    ("dns/query.py", "https"): _DNS,
    # waiting for a child process
    ("subprocess.py", "wait"): _CHILD,
    ("subprocess.py", "_wait"): _CHILD,
    ("subprocess.py", "_try_wait"): _CHILD,
    ("subprocess.py", "communicate"): _CHILD,
    ("subprocess.py", "_communicate"): _CHILD,
    ("subprocess.py", "_execute_child"): _CHILD,
    ("subprocess.py", "run"): _CHILD,
    ("multiprocessing/popen_fork.py", "poll"): _CHILD,
    ("multiprocessing/popen_fork.py", "wait"): _CHILD,
    ("multiprocessing/process.py", "join"): _CHILD,
    # waiting for a batch that worker processes make
    ("utils/data/dataloader.py", "_get_data"): _CHILD,
    ("utils/data/dataloader.py", "_try_get_data"): _CHILD,
    **AWAITS,
}

_PROCESS_WORKER = ("concurrent/futures/process.py", "_process_worker")

# frames in which a worker does a piece of work: what stands below them, towards the root, gave it out
_JOBS = {
    ("concurrent/futures/thread.py", "run"),
    ("asyncio/events.py", "_run"),
    ("socketserver.py", "process_request"),
    ("socketserver.py", "process_request_thread"),
    _PROCESS_WORKER,
    ("multiprocessing/pool.py", "worker"),
}

# frames below which a thread starts: they are nobody's work
_BOOTSTRAP = {
    ("threading.py", "_bootstrap"),
    ("threading.py", "_bootstrap_inner"),
    ("threading.py", "run"),
}


def _keys(frame: Frame) -> list[Key]:
    """The frame by the last part of its file, the last two, and the last three; of its function, the whole
    name and the last part of it."""
    parts = frame.file.split("/")
    names = dict.fromkeys((frame.function, frame.function.rpartition(".")[2]))
    return [("/".join(parts[-count:]), name) for name in names for count in (1, 2, 3)]


def is_bootstrap(frame: Frame) -> bool:
    """Whether the frame only starts a thread."""
    return frame.origin is Origin.STDLIB and any(key in _BOOTSTRAP for key in _keys(frame))


def waiting_frame(frames: Sequence[Frame]) -> Key | None:
    """The row of `WAITS` that the library frames above the user's line match; None when they match none."""
    found: Key | None = None
    for frame in frames:
        keys = _keys(frame)
        if frame.origin is Origin.USER or any(key in _JOBS for key in keys):
            break
        if is_bootstrap(frame):
            continue
        match = next((key for key in keys if key in WAITS), None)
        if match and (found is None or WAITS[match] is not _POOL or WAITS[found] in (_IDLE, _LOCK, _POOL)):
            found = match  # a pool that makes a new connection waits for names and peers, not for a turn
    return found


def outermost_user(frames: Sequence[Frame]) -> str:
    """The function nearest the root that is user code, with its file; '' when there is none."""
    return next((f"{f.file}:{f.function}" for f in reversed(frames) if f.origin is Origin.USER), "")


def in_process_pool(frames: Sequence[Frame]) -> bool:
    """Whether this is the stack of a worker process of an executor."""
    return any(_PROCESS_WORKER in _keys(frame) for frame in reversed(frames))


def in_job(frames: Sequence[Frame]) -> bool:
    """Whether a library has given out what is done on this stack, as a piece of work."""
    return any(key in _JOBS for frame in frames for key in _keys(frame))


def enters_block(frames: Sequence[Frame]) -> bool:
    """Whether user code enters a `with` block of its own kind: what is waited for there is given back at its
    end."""
    for frame in frames:
        name = frame.function.rpartition(".")[2]
        own = frame.origin is not Origin.STDLIB or frame.file.endswith("/contextlib.py")
        if name == "__enter__" and own:
            return True
    return False


def calls_get(frames: Sequence[Frame]) -> bool:
    """Whether the user's line takes something out of a queue."""
    return _calls(frames, _GETS)


def calls_accept(frames: Sequence[Frame]) -> bool:
    """Whether the user's line accepts a connection, or waits for one in a server of the standard library."""
    return _calls(frames, _ACCEPTS)


def _calls(frames: Sequence[Frame], names: Container[Key]) -> bool:
    for frame in frames:
        keys = _keys(frame)
        if frame.origin is Origin.USER or any(key in _JOBS for key in keys):
            break
        if any(key in names for key in keys):
            return True
    return False


def waits_for(frames: Sequence[Frame]) -> TimeClass | None:
    """What the library frames above the user's line say about a blocked thread; None when nothing."""
    key = waiting_frame(frames)
    return WAITS[key] if key else None


def callback_frames(frames: Sequence[Frame]) -> Sequence[Frame]:
    """The frames of the callback that an asyncio loop runs on this stack; () when it runs none: it is in its
    selector, or there is no loop."""
    above = Origin.STDLIB
    for number, frame in enumerate(frames):
        keys = _keys(frame)
        if ("asyncio/events.py", "_run") in keys:
            return frames[:number]
        if ("asyncio/runners.py", "run") in keys and above is not Origin.STDLIB:
            return frames[:number]  # the loop between them is C code (uvloop)
        if ("asyncio/base_events.py", "_run_once") in keys:
            break
        above = frame.origin
    return ()


def in_asyncio(frames: Sequence[Frame]) -> bool:
    """Whether an asyncio loop stands on this stack, in a callback or not."""
    return any(frame.origin is Origin.STDLIB and "/asyncio/" in frame.file for frame in frames)


def in_event_loop(frames: Sequence[Frame]) -> bool:
    """Whether an asyncio loop runs a callback on this stack."""
    return bool(callback_frames(frames))


def work_frames(frames: Sequence[Frame]) -> Sequence[Frame]:
    """The stack without the frames that only start a thread (they are at the root end)."""
    end = len(frames)
    while end and is_bootstrap(frames[end - 1]):
        end -= 1
    return frames[:end]
