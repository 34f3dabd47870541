"""Redis, memcached, PostgreSQL and nginx on free loopback ports, with data directories of their own, and
stress-ng; stopped by pid.

Each is what a target asks, or the target itself: then `prepare` puts it into its cgroups, and `options` are
words for its command line.
"""

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
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
START_SECONDS = 20.0
STOP_SECONDS = 5.0
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


Prepare = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    port: int
    pid: int


class Unavailable(Exception):
    """A scenario cannot be run here; the message says what is missing."""


def end_with_parent() -> None:
    """In a new child: ask the kernel for SIGTERM when the runner ends, however it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def running(
    command: Sequence[str], *, user: str | None = None, prepare: Prepare = end_with_parent
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


def _installed(program: str, package: str) -> str:
    """Its path; Debian's servers are in /usr/sbin, which need not be in PATH."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if not found:
        raise Unavailable(f"{program} is not installed (Debian: {package})")
    return found


@contextmanager
def redis(directory: Path, prepare: Prepare, options: Sequence[str]) -> Iterator[Server]:
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory), *options]
    with running([_installed("redis-server", "redis-server"), *words], prepare=prepare) as process:
        _wait_for_port(port, process)
        yield Server(port=port, pid=process.pid)


NGINX = """\
daemon off; worker_processes 1; pid {directory}/nginx.pid; error_log {directory}/error.log; {options}
events {{ worker_connections 128; }}
http {{
  access_log off; types {{ text/plain txt; }} keepalive_requests 1000000;
  gzip on; gzip_types text/plain; gzip_comp_level 9;
  client_body_temp_path {directory}; proxy_temp_path {directory}; fastcgi_temp_path {directory};
  uwsgi_temp_path {directory}; scgi_temp_path {directory};
  server {{ listen 127.0.0.1:{port}; root {directory}/www; }}
}}
"""
PAGE_LINES = 4_000


@contextmanager
def nginx(directory: Path, prepare: Prepare, options: Sequence[str]) -> Iterator[Server]:
    """A master and one worker that compresses what it sends, at the highest level."""
    program, port = _installed("nginx", "nginx-light"), free_port()
    (directory / "www").mkdir()
    page = "".join(f"{n * 7919 % 100_003} is line {n} of {n * n % 977}\n" for n in range(PAGE_LINES))
    (directory / "www" / "page.txt").write_text(page)
    directory.chmod(0o711)  # the worker is not root
    settings = directory / "nginx.conf"
    settings.write_text(NGINX.format(directory=directory, port=port, options=" ".join(options)))
    words = ["-c", str(settings), "-e", str(directory / "error.log")]
    with running([program, *words], prepare=prepare) as process:
        _wait_for_port(port, process)
        yield Server(port=port, pid=process.pid)


@contextmanager
def memcached(directory: Path, prepare: Prepare, options: Sequence[str]) -> Iterator[Server]:
    """One thread that serves; as root it runs as the user nobody, since it refuses to be root."""
    del directory  # it keeps nothing
    program, port = _installed("memcached", "memcached"), free_port()
    words = ["-l", "127.0.0.1", "-p", str(port), "-t", "1", "-m", "64", "-u", "nobody", *options]
    with running([program, *words], prepare=prepare) as process:
        _wait_for_port(port, process)
        yield Server(port=port, pid=process.pid)


def _postgres_program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in sorted(DEBIAN_POSTGRES.glob(f"*/bin/{name}"), reverse=True)), None
    )
    if not found:
        raise Unavailable(f"{name} is not installed (Debian: postgresql)")
    return found


@contextmanager
def postgres(directory: Path, prepare: Prepare, options: Sequence[str]) -> Iterator[Server]:
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
    words = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    with running([server, "-D", str(data), *words, *options], user=user, prepare=prepare) as process:
        _wait_for_port(port, process)
        yield Server(port=port, pid=process.pid)


STRESS_SECONDS = 60
STRESS_WARM = 1.0  # until its stressors are there and have made what they need


@contextmanager
def stress_ng(directory: Path, prepare: Prepare, options: Sequence[str]) -> Iterator[Server]:
    """stress-ng with the stressors that `options` name; nobody can connect to it."""
    directory.chmod(0o777)  # its stressors write there, and may have given up being root
    words = [
        "--temp-path",
        str(directory),
        "--timeout",
        f"{STRESS_SECONDS}s",
        "--oomable",
        "--quiet",
        *options,
    ]
    with running([_installed("stress-ng", "stress-ng"), *words], prepare=prepare) as process:
        time.sleep(STRESS_WARM)
        if process.poll() is not None:
            raise Unavailable(f"stress-ng ended at once, with status {process.returncode}")
        yield Server(port=0, pid=process.pid)


SERVERS = {
    "redis": redis,
    "postgres": postgres,
    "nginx": nginx,
    "memcached": memcached,
    "stress-ng": stress_ng,
}
