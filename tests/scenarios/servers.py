"""Redis and PostgreSQL on free loopback ports, with data directories of their own; stopped by pid."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
START_SECONDS = 20.0
STOP_SECONDS = 5.0
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


class Unavailable(Exception):
    """A scenario cannot be run here; the message says what is missing."""


def end_with_parent() -> None:
    """In a new child: ask the kernel for SIGTERM when the runner ends, however it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def running(
    command: Sequence[str], *, user: str | None = None, prepare: Callable[[], None] = end_with_parent
) -> Iterator["subprocess.Popen[str]"]:
    """A program with a pipe as its stdout, for as long as the block lasts."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        preexec_fn=prepare,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Unavailable(f"{process.args!r} did not open port {port} (status {process.poll()})")


@contextmanager
def redis(directory: Path) -> Iterator[int]:
    program = shutil.which("redis-server")
    if not program:
        raise Unavailable("redis-server is not installed (Debian: redis-server)")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
    with running([program, *options]) as process:
        _wait_for_port(port, process)
        yield port


def _postgres_program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in sorted(DEBIAN_POSTGRES.glob(f"*/bin/{name}"), reverse=True)), None
    )
    if not found:
        raise Unavailable(f"{name} is not installed (Debian: postgresql)")
    return found


@contextmanager
def postgres(directory: Path) -> Iterator[int]:
    """A cluster of its own; as root it runs as the user postgres, since it refuses to be root."""
    initdb, server = _postgres_program("initdb"), _postgres_program("postgres")
    user = "postgres" if os.geteuid() == 0 else None
    data = directory / "postgres"
    data.mkdir(mode=0o700)
    if user:
        account = pwd.getpwnam(user)
        os.chown(data, account.pw_uid, account.pw_gid)
        directory.chmod(0o711)
    setup = [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-N", "--no-locale", "-E", "UTF8"]
    with running(setup, user=user) as process:
        process.communicate()
        if process.returncode:
            raise Unavailable(f"initdb ended with status {process.returncode}")
    port = free_port()
    options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    with running([server, "-D", str(data), *options, "-c", "fsync=off"], user=user) as process:
        _wait_for_port(port, process)
        yield port


SERVERS = {"redis": redis, "postgres": postgres}
