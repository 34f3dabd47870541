"""Which Python frames say what a blocked thread waits for: data, not code.

Only the frames between the leaf and the first line of user code are looked at, from the outside in: the
outermost match wins, because `queue.get` waits through `Condition.wait` and means the queue. A row names a
file (by its last parts) and a function (last part of the qualified name).
"""

from collections.abc import Sequence

from perfdiag.model import Frame, Origin, TimeClass

_IDLE, _LOCK, _CHILD = TimeClass.IDLE, TimeClass.LOCK, TimeClass.CHILD

WAITS: dict[tuple[str, str], TimeClass] = {
    # waiting for work
    ("queue.py", "get"): _IDLE,
    ("concurrent/futures/thread.py", "_worker"): _IDLE,
    ("concurrent/futures/process.py", "wait_result_broken_or_wakeup"): _IDLE,
    ("multiprocessing/queues.py", "get"): _IDLE,
    ("multiprocessing/connection.py", "wait"): _IDLE,
    ("multiprocessing/pool.py", "worker"): _IDLE,
    ("multiprocessing/pool.py", "_handle_tasks"): _IDLE,
    ("multiprocessing/pool.py", "_handle_results"): _IDLE,
    ("multiprocessing/pool.py", "_handle_workers"): _IDLE,
    ("multiprocessing/pool.py", "_wait_for_updates"): _IDLE,
    ("socketserver.py", "serve_forever"): _IDLE,
    ("asyncio/base_events.py", "_run_once"): _IDLE,
    ("socket.py", "accept"): _IDLE,
    ("threading.py", "wait"): _IDLE,  # Event, Condition, Barrier: told by another thread when there is work
    ("threading.py", "wait_for"): _IDLE,
    ("sched.py", "run"): _IDLE,
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
    ("concurrent/futures/_base.py", "result"): _IDLE,
    ("concurrent/futures/_base.py", "exception"): _IDLE,
    ("concurrent/futures/_base.py", "wait"): _IDLE,
    ("concurrent/futures/_base.py", "as_completed"): _IDLE,
    ("concurrent/futures/_base.py", "result_iterator"): _IDLE,
    ("concurrent/futures/thread.py", "shutdown"): _IDLE,
    ("queue.py", "put"): _IDLE,  # the queue is full: whoever empties it is the one to look at
    # waiting for a turn
    ("threading.py", "acquire"): _LOCK,  # Semaphore, Condition, RLock in Python
    ("threading.py", "__enter__"): _LOCK,
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
}

# frames below which a thread starts: they are nobody's work
_BOOTSTRAP = {
    ("threading.py", "_bootstrap"),
    ("threading.py", "_bootstrap_inner"),
    ("threading.py", "run"),
}


def _keys(frame: Frame) -> list[tuple[str, str]]:
    """The frame by the last part of its file, the last two, and the last three."""
    parts = frame.file.split("/")
    name = frame.function.rpartition(".")[2]
    return [("/".join(parts[-count:]), name) for count in (1, 2, 3)]


def is_bootstrap(frame: Frame) -> bool:
    """Whether the frame only starts a thread."""
    return frame.origin is Origin.STDLIB and _keys(frame)[0] in _BOOTSTRAP


def waits_for(frames: Sequence[Frame]) -> TimeClass | None:
    """What the library frames above the user's line say about a blocked thread; None when nothing."""
    found = None
    for frame in frames:
        if frame.origin is Origin.USER:
            break
        if not is_bootstrap(frame):
            found = next((WAITS[key] for key in _keys(frame) if key in WAITS), found)
    return found


def in_event_loop(frames: Sequence[Frame]) -> bool:
    """Whether an asyncio loop runs a callback on this stack (its selector is not the leaf)."""
    return any(_keys(frame)[1] == ("asyncio/events.py", "_run") for frame in frames)


def work_frames(frames: Sequence[Frame]) -> Sequence[Frame]:
    """The stack without the frames that only start a thread (they are at the root end)."""
    end = len(frames)
    while end and is_bootstrap(frames[end - 1]):
        end -= 1
    return frames[:end]
