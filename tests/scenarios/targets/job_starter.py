"""Starts a job four times a second and gives it a spool file that nobody closes: under a limit of 512
descriptors more than four in five are in use when it is looked at, and the last will be within a minute."""

import contextlib
import resource
import sys
import tempfile
import threading
import time
from typing import IO

from lifecycle import ready, start

LIMIT = 512
BEGUN = 430  # jobs
PAUSE = 0.25

spools: list[IO[bytes]] = []


def open_spool(number: int) -> IO[bytes]:
    spool = tempfile.TemporaryFile(prefix=f"job-{number}-")  # noqa: SIM115 - that is its illness
    spools.append(spool)
    return spool


def start_job(number: int) -> None:
    open_spool(number).write(b"begin")


def schedule() -> None:
    number = 0
    while True:
        with contextlib.suppress(OSError):
            start_job(number)
        number += 1
        if number > BEGUN:
            time.sleep(PAUSE)


def main() -> None:
    start()
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
    threading.Thread(target=schedule, name="schedule", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(len(spools), "spools", file=sys.stderr)


if __name__ == "__main__":
    main()
