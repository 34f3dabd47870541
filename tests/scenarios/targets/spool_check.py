"""Checks a spool of three thousand letters for new ones by looking at each of them, round after round: hundreds
of thousands of small system calls a second, and little to decide about each."""

import os
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start

LETTERS = 3000

spool = {"rounds": 0, "new": 0}


def fill_spool(directory: Path) -> list[str]:
    paths = [directory / f"letter-{number:05d}" for number in range(LETTERS)]
    for path in paths:
        path.write_text("Dear Sir or Madam")
    return [str(path) for path in paths]


def count_new(paths: list[str], since: float) -> int:
    new = 0
    for path in paths:
        if os.stat(path).st_mtime > since:
            new += 1
    return new


def check_spool(paths: list[str]) -> None:
    since = time.time()
    while True:
        spool["new"] = count_new(paths, since)
        spool["rounds"] += 1


def main() -> None:
    paths = fill_spool(Path(start("directory").directory))
    threading.Thread(target=check_spool, args=(paths,), name="check", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(spool, file=sys.stderr)


if __name__ == "__main__":
    main()
