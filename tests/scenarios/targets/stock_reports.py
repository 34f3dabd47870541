"""Writes reports on stock: ten threads share two sessions with a mainframe, which lie in a queue as in many
libraries: who needs one takes it out and puts it back. A report asks twenty questions, of a millisecond each.
`--peer` is the mainframe's port."""

import queue
import socket
import sys
import threading
import time
from typing import BinaryIO

from lifecycle import ready, start, truth

SESSIONS = 2
WRITERS = 10
QUESTIONS = 20

written = {"reports": 0, "lines": 0}

Pool = queue.LifoQueue[BinaryIO]


def open_session(port: int) -> BinaryIO:
    return socket.create_connection(("127.0.0.1", port)).makefile("rwb")


def take_session(pool: Pool) -> BinaryIO:
    with truth.span("pool"):
        return pool.get()


def ask_mainframe(session: BinaryIO, number: int) -> list[bytes]:
    answers = []
    for question in range(QUESTIONS):
        session.write(b"stock of item %d in house %d\n" % (number % 977, question))
        session.flush()
        answers.append(session.readline())
    return answers


def write_report(answers: list[bytes]) -> str:
    return "\n".join(f"{n:3} {answer.decode().strip():>40}" for n, answer in enumerate(answers))


def write_reports(pool: Pool) -> None:
    for number in range(1_000_000_000):
        session = take_session(pool)
        try:
            answers = ask_mainframe(session, number)
        finally:
            pool.put(session)
        written["lines"] += write_report(answers).count("\n")
        written["reports"] += 1


def main() -> None:
    port = int(start("peer").peer)
    pool: Pool = queue.LifoQueue()
    for _ in range(SESSIONS):
        pool.put(open_session(port))
    for writer in range(WRITERS):
        threading.Thread(target=write_reports, args=(pool,), name=f"writer-{writer}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(written, file=sys.stderr)


if __name__ == "__main__":
    main()
