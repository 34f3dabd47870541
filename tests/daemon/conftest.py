"""A real daemon on a free port, ended by its pid when the test is over."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import pytest

DEADLINE = 15.0  # seconds; generous, because machines that run tests are busy


@dataclass(kw_only=True)
class Daemon:
    process: "subprocess.Popen[bytes]"
    data_dir: Path
    log_path: Path
    port: int = field(default=0)

    @property
    def pid(self) -> int:
        return self.process.pid

    def log(self) -> str:
        return self.log_path.read_text()

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and body; (0, '') when nobody answers."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            client.request("GET", path, headers=headers)
            reply = client.getresponse()
            return reply.status, reply.read().decode()
        except OSError:
            return 0, ""
        finally:
            client.close()

    def reasons(self) -> list[str]:
        return list(json.loads(self.get("/readyz")[1])["reasons"])

    def ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    def web_pid(self) -> int:
        """The child that serves; 0 while there is none."""
        for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            if b"perfdiag.web" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        return 0

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(DEADLINE)


def until(condition: Callable[[], object], seconds: float = DEADLINE) -> bool:
    """Whether `condition` comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Daemon]]:
    """`launch(folder, *options)` starts a daemon and waits until it is ready, or has ended."""
    started: list[Daemon] = []

    def start(folder: Path, *options: str, listen: str = "127.0.0.1:0", interval: str = "200ms") -> Daemon:
        command = [sys.executable, "-m", "perfdiag", "daemon", "--listen", listen, "--interval", interval]
        log = folder / f"log-{len(started)}"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*command, "--data-dir", str(folder / "data"), "--log-format", "json", *options], stderr=file
            )
        daemon = Daemon(process=process, data_dir=folder / "data", log_path=log)
        started.append(daemon)
        assert until(lambda: process.poll() is not None or _port(daemon)), daemon.log()
        assert until(lambda: process.poll() is not None or daemon.ready()), daemon.log()
        return daemon

    yield start
    for daemon in started:
        daemon.kill()


def _port(daemon: Daemon) -> int:
    """The port that the log names."""
    for line in daemon.log().splitlines():
        message = json.loads(line)["message"] if line.startswith("{") else ""
        if " serves 127.0.0.1:" in message:
            daemon.port = int(message.split(" serves 127.0.0.1:")[1].split()[0])
    return daemon.port


@pytest.fixture(scope="session")
def daemon(launch: Callable[..., Daemon], tmp_path_factory: pytest.TempPathFactory) -> Daemon:
    """One that tests may look at and must not disturb. A process with a hostile name runs beside it."""
    return launch(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def hostile() -> Iterator[int]:
    """Pid of a process that is called ESC, quote, newline, backslash and half a character."""
    code = (
        r"import ctypes, sys; ctypes.CDLL(None).prctl(15, b'\x1b[1m\"\n\\})\xc3', 0, 0, 0);"
        " print(); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-uc", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        os.kill(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def promtool() -> str:
    path = shutil.which("promtool")
    if path is None:
        pytest.skip("promtool is not installed (Debian: apt install prometheus)")
    return path
