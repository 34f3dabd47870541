"""Reads that may never return, made by a disposable child with a deadline.

The child is forked, not started anew: that costs about a millisecond instead of the 20 ms of an interpreter,
and perfdiag's processes have one thread when they first ask. It closes every inherited descriptor at once, so
that one that is stuck for ever keeps no port, pipe or terminal open. A child that misses a deadline gets
SIGKILL and is abandoned; after four reads without an answer within a minute, or with four children that
SIGKILL does not end, reads are refused at once until that has passed.
"""

import json
import os
import selectors
import signal
import socket
from collections import deque
from collections.abc import Iterable
from typing import Any

from perfdiag.errors import Broken, Late, Missing, NoData
from perfdiag.host import Host
from perfdiag.host.clock import Clock, SystemClock
from perfdiag.host.disposable import ended, start, take_answer
from perfdiag.host.secrets import SHOWN, scrub_path

_MOST = 4  # reads without an answer, in a minute; and children that SIGKILL has not ended
_MINUTE = 60.0
_REST = 0.05  # seconds given to a killed child to end


class Question:
    """A read on its way. `answer` is there when `Inspector.ready` has said so."""

    __slots__ = ("answer", "deadline", "what")

    def __init__(self, what: str, deadline: float) -> None:
        self.what, self.deadline = what, deadline
        self.answer: bytes | Missing | None = None


class Inspector:
    """Asks one question at a time. The named reads wait for the answer; `ask` and `ready` do not.

    All raise `Missing`: Late (no answer within `deadline` seconds), Denied, NoData, Broken.
    """

    def __init__(self, procfs: str = "/proc", deadline: float = 1.0, clock: Clock | None = None) -> None:
        self._host = Host(procfs=procfs)
        self._deadline = deadline
        self._clock = clock or SystemClock()
        self._socket: socket.socket | None = None
        self._pid = 0
        self._abandoned: list[int] = []
        self._missed: deque[float] = deque(maxlen=_MOST)
        self._current: Question | None = None
        self._received = bytearray()
        self.spent = 0.0  # seconds from questions to their answers

    def maps(self, pid: int) -> str:
        return self._text("maps", pid)

    def smaps_rollup(self, pid: int) -> str:
        return self._text("smaps_rollup", pid)

    def fdinfo(self, pid: int, descriptor: int) -> str:
        return self._text("fdinfo", pid, descriptor)

    def exe(self, pid: int) -> str:
        """Path of the program, printable; ' (deleted)' at its end when the file was replaced."""
        return scrub_path(self._text("exe", pid))

    def link(self, pid: int, descriptor: int) -> str:
        return scrub_path(self._text("link", pid, descriptor))

    def cmdline(self, pid: int, limit: int = SHOWN) -> str:
        """The command line, at most `limit` characters, secrets hidden."""
        return self._text("cmdline", pid, limit)

    def sockets(self, pid: int) -> set[int]:
        """Inodes of the sockets of a process."""
        return set(json.loads(self._text("sockets", pid)))

    def listening(self, pid: int) -> set[int]:
        """TCP ports that are listened on in the network namespace of a process."""
        return set(json.loads(self._text("listening", pid)))

    def socket_owner(self, inode: int) -> tuple[int, str]:
        """(pid, comm) of a process that has the socket; NoData when none can be seen."""
        owners = self.socket_owners([inode])
        if inode not in owners:
            raise NoData(f"no process that can be seen has socket {inode}")
        return owners[inode]

    def socket_owners(self, inodes: Iterable[int]) -> dict[int, tuple[int, str]]:
        """inode -> (pid, comm), from one pass over all processes."""
        found: dict[str, list[Any]] = json.loads(self._text("socket_owners", sorted(inodes)))
        return {int(inode): (pid, comm) for inode, (pid, comm) in found.items()}

    def pipe_child(self, pid: int, inode: int, *, reads: bool) -> tuple[int, str] | None:
        """(pid, comm) of the child at the other end of a pipe of which `pid` has one end."""
        found = json.loads(self._text("pipe_end", pid, inode, reads))
        return (found[0], found[1]) if found and found[2] else None

    def children(self, pid: int) -> dict[int, str]:
        """pid -> comm of the children of a process."""
        return {int(child): comm for child, comm in json.loads(self._text("children", pid)).items()}

    def ask(self, read: str, *arguments: Any) -> Question:
        """Start a read of `host.blocking` by name. A question that is still open is waited for first."""
        if self._current is not None:
            self._wait(self._current)
        question = Question(f"{read} {' '.join(map(str, arguments))}"[:80], self._now() + self._deadline)
        try:
            self._refuse_when_stuck(question)
            self._send(json.dumps([read, *arguments]).encode() + b"\n")
        except Missing as error:
            question.answer = error
            return question
        self._current = question
        return question

    def ready(self, question: Question, timeout: float = 0.0) -> bool:
        """Whether there is an answer, waiting for it at most `timeout` seconds."""
        if question.answer is None:
            self._receive(question, min(self._now() + timeout, question.deadline))
        if question.answer is None and self._now() >= question.deadline:
            self._miss(question)
        return question.answer is not None

    def close(self) -> None:
        """End the child; one that is stuck is left to the kernel."""
        self._end_child()
        self._reap(_REST)

    def _text(self, read: str, *arguments: Any) -> str:
        answer = self._wait(self.ask(read, *arguments))
        if isinstance(answer, Missing):
            raise answer
        return answer.decode("utf-8", "surrogateescape")

    def _wait(self, question: Question) -> bytes | Missing:
        while question.answer is None:
            self.ready(question, self._deadline)
        return question.answer

    def _now(self) -> float:
        return self._clock.monotonic_ns() / 1e9

    def _refuse_when_stuck(self, question: Question) -> None:
        self._reap()
        recent = [at for at in self._missed if at > self._now() - _MINUTE]
        if len(recent) >= _MOST or len(self._abandoned) >= _MOST:
            raise Late(f"{question.what}: not tried, too many reads have not been answered")

    def _send(self, line: bytes) -> None:
        """To the child, or to a new one when it has ended."""
        for _ in range(2):
            if self._socket is None:
                self._start()
            assert self._socket is not None
            try:
                self._socket.sendall(line)
            except OSError:
                self._end_child()
            else:
                return
        raise Broken("the process that inspects others cannot be kept alive")

    def _start(self) -> None:
        ours, pid = start(self._host)
        ours.settimeout(self._deadline)
        self._socket, self._pid = ours, pid
        self._received.clear()

    def _receive(self, question: Question, until: float) -> None:
        """Take what has arrived; wait for the rest until `until`."""
        assert self._socket is not None
        with selectors.PollSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            while selector.select(max(0.0, until - self._now())):
                try:
                    data = self._socket.recv(1 << 18)
                except OSError:
                    data = b""
                if not data:
                    self._end_child()
                    self._finish(question, Broken(f"{question.what}: the process that reads it has ended"))
                    return
                self._received += data
                answer = take_answer(self._received)
                if answer is not None:
                    self._finish(question, answer)
                    return

    def _finish(self, question: Question, answer: bytes | Missing) -> None:
        question.answer = answer
        self.spent += self._now() - question.deadline + self._deadline
        self._current = None

    def _miss(self, question: Question) -> None:
        self._missed.append(self._now())
        self._end_child()
        self._finish(question, Late(f"{question.what}: no answer within {self._deadline:g} s"))

    def _end_child(self) -> None:
        if self._socket is None:
            return
        self._socket.close()
        self._socket = None
        os.kill(self._pid, signal.SIGKILL)
        self._abandoned.append(self._pid)

    def _reap(self, timeout: float = 0.0) -> None:
        """Forget the children that have ended; one that is stuck in the kernel stays."""
        self._abandoned = [pid for pid in self._abandoned if not ended(pid, timeout)]
