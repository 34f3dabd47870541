"""Tells how large the attachments of letters are when packed, by asking the shell for each: two clerks run a
line of three commands and read what the last one says, some ten times a second each."""

import itertools
import subprocess
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start, truth

ATTACHMENTS = 8
LINES = 9000

asked = {"attachments": 0, "bytes": 0}


def write_attachments(directory: Path) -> list[Path]:
    paths = [directory / f"attachment-{number}" for number in range(ATTACHMENTS)]
    for first, path in enumerate(paths):
        path.write_text("".join(f"{line * 7919 % 100_003};{line * first}\n" for line in range(LINES)))
    return paths


def packed_size(path: Path) -> int:
    with truth.span("child"):
        return int(subprocess.check_output(f"cat {path} | gzip -9 | wc -c", shell=True))


def round_up(size: int) -> int:
    return next(room for room in itertools.count(0, 4) if room >= size // 100)


def tell_sizes(paths: list[Path], first: int) -> None:
    for number in range(first, 1_000_000_000, 2):
        asked["bytes"] += round_up(packed_size(paths[number % ATTACHMENTS]))
        asked["attachments"] += 1


def main() -> None:
    paths = write_attachments(Path(start("directory").directory))
    for first in range(2):
        threading.Thread(target=tell_sizes, args=(paths, first), name=f"clerk-{first}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(asked, file=sys.stderr)


if __name__ == "__main__":
    main()
