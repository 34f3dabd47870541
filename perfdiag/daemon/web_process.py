"""The collector's side of the web process: start it, feed it, notice its end, start it anew."""

import json
import logging
import os
import socket
import time
from contextlib import suppress

from perfdiag.errors import PerfdiagError, UsageError
from perfdiag.host.commands import Child, start_python

_START_SECONDS = 10.0
_STOP_SECONDS = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds before it is started again
_STABLE = 60.0  # seconds of life after which its troubles are forgotten
_PACKET = 1 << 16

_log = logging.getLogger(__name__)


class WebProcess:
    """Binds `host`:`port` in a child of its own: this process never has a network socket.

    Raises UsageError when the address cannot be had. `port` is the real one after a start with port 0.
    """

    def __init__(self, host: str, port: int, interval: float) -> None:
        self.host, self.port, self._interval = host, port, interval
        self._pause, self._start_at = _FIRST_PAUSE, 0.0
        self.restarts = 0
        self.inode = 0  # of the ring that it reads
        self._child: Child | None = None
        self._start()

    @property
    def pid(self) -> int:
        """Its process id; 0 while there is none."""
        return self._child.pid if self._child else 0

    @property
    def channel(self) -> socket.socket | None:
        """Readable when `receive` has something to do; None while there is no web process."""
        return self._channel if self._child else None

    def serve(self, ring: str, inode: int) -> None:
        """Tell it where the ring is; until then it listens and does not answer."""
        self.inode = inode
        self._send(ring=ring)

    def beat(self, at: float, troubles: list[str]) -> None:
        """Tell it that a tick was made, and why not all is well. A web process that does not listen is not
        waited for."""
        self._send(beat=at, troubles=troubles)

    def receive(self) -> None:
        """Handle what it says; when it has ended, plan to start it again."""
        packet = b""
        with suppress(ConnectionError, BlockingIOError):
            packet = self._channel.recv(_PACKET)
        if not packet:
            self._ended()
            return
        message = json.loads(packet)
        if "error" in message:
            _log.error("web process: %s", message["error"])
        elif "serving" in message:
            _log.info("web process %d serves %s (%s)", self.pid, self._address(), message["serving"])

    def revive(self, now: float, ring: str, inode: int) -> None:
        """Start it again when it is time to, or when the ring is another file now."""
        if self._child is not None and self.inode != inode:
            _log.info("the ring is a new file: the web process is started again")
            self.stop()
            self._start_at = now
        if self._child is not None or now < self._start_at:
            return
        self.restarts += 1
        try:
            self._start()
            self.serve(ring, inode)
        except PerfdiagError as error:
            self._start_at = now + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            _log.error("%s: %s", error.what, error.cause)

    def stop(self) -> None:
        """End it: the closed channel asks, SIGKILL insists."""
        if self._child is None:
            return
        self._channel.close()
        if self._child.wait(_STOP_SECONDS) is None:
            self._child.kill()
        self._child = None

    def _start(self) -> None:
        try:
            child, ours = self._spawn()
        except OSError as error:  # no more processes, no more descriptors
            cause = os.strerror(error.errno or 0)
            raise UsageError("cannot start the web process", cause=cause) from error
        ours.settimeout(_START_SECONDS)
        try:
            message = json.loads(ours.recv(_PACKET) or b"{}")
        except (OSError, ValueError):
            message = {}
        if "bound" not in message:
            child.kill()
            ours.close()
            cause = message.get("error") or child.last_words() or "it did not start"
            fix = "choose another address with --listen, or stop what listens there"
            raise UsageError(f"cannot listen on {self._address()}", cause=cause, fix=fix)
        ours.setblocking(False)
        self._child, self._channel, self._started = child, ours, time.monotonic()
        self.port = int(message["bound"])

    def _spawn(self) -> tuple[Child, socket.socket]:
        """A new process and our end of the channel to it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            arguments = [theirs.fileno(), self.host, self.port, os.getpid(), self._interval]
            code = "from perfdiag.web.process import main; main()"
            try:
                return start_python(code, [str(a) for a in arguments], keep=[theirs.fileno()]), ours
            except OSError:
                ours.close()
                raise

    def _ended(self) -> None:
        if self._child is None:
            return
        status = self._child.wait(_STOP_SECONDS)
        words = self._child.last_words()
        self._child.kill()
        self._channel.close()
        self._child = None
        now = time.monotonic()
        if now - self._started > _STABLE:
            self._pause = _FIRST_PAUSE
        self._start_at = now + self._pause
        _log.error(
            "the web process ended (status %s%s); it is started again in %.0f s",
            status,
            f", {words}" if words else "",
            self._pause,
        )
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _send(self, **message: object) -> None:
        if self._child is None:
            return
        with suppress(OSError):
            self._channel.send(json.dumps(message).encode())

    def _address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
