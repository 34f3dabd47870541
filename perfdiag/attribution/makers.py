"""Library functions in which a program makes something of the operating system: data, not code.

A row names a file (by its last parts) and a function (its qualified name, or the last part of it).
"""

from perfdiag.attribution.places import function_key
from perfdiag.model import Origin, Stack

# another program is run, and perhaps waited for
COMMANDS = frozenset(
    {("subprocess.py", name) for name in ("_execute_child", "wait", "_wait", "_try_wait", "communicate")}
)
# a process, or a thread or a process, is started
PROCESSES = frozenset(
    {
        ("multiprocessing/process.py", "start"),
        ("multiprocessing/pool.py", "_repopulate_pool_static"),
        ("concurrent/futures/process.py", "_spawn_process"),
        ("subprocess.py", "_execute_child"),
        ("socketserver.py", "ForkingMixIn.process_request"),
        ("os.py", "_spawnvef"),
        ("pty.py", "fork"),
    }
)
STARTERS = PROCESSES | {
    ("threading.py", "start"),
    ("concurrent/futures/thread.py", "_adjust_thread_count"),
}

# a descriptor is opened
OPENERS = frozenset(
    {
        ("socket.py", "create_connection"),
        ("socket.py", "create_server"),
        ("socket.py", "__init__"),
        ("socket.py", "accept"),
        ("socket.py", "socketpair"),
        ("http/client.py", "connect"),
        ("asyncio/base_events.py", "_connect_sock"),
        ("pathlib.py", "open"),
        ("tempfile.py", "_mkstemp_inner"),
        ("subprocess.py", "_get_handles"),
        ("sqlite3/dbapi2.py", "connect"),
    }
)


# where a forked child begins: the frames below it are of its parent's life before the fork
_BIRTHS = {("multiprocessing/process.py", "_bootstrap"), ("socketserver.py", "finish_request")}


def made_in(stack: Stack, makers: frozenset[tuple[str, str]]) -> str | None:
    """The function, as claims name it, of the frame nearest the root that is one of the makers; None when the
    process was itself made there."""
    found: str | None = None
    for frame in reversed(stack.frames):
        if frame.origin in (Origin.STDLIB, Origin.LIBRARY):
            names = {frame.function, frame.function.rpartition(".")[2]}
            parts = frame.file.split("/")
            keys = {("/".join(parts[-count:]), name) for name in names for count in (1, 2, 3)}
            if not keys.isdisjoint(_BIRTHS):
                found = None
            elif found is None and not keys.isdisjoint(makers):
                found = function_key(frame)
    return found
