"""Indexes documents and keeps every one open, under a limit of 200 descriptors: from then on each open fails,
and is tried again a little later, in vain."""

import resource
import sys
import threading
import time
from pathlib import Path
from typing import IO

from lifecycle import ready, start

LIMIT = 200
DOCUMENTS = 300
PAUSE = 0.02  # seconds before the next attempt

indexed = {"documents": 0, "failed": 0}


class Index:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.open: list[IO[str]] = []
        self.words: dict[str, int] = {}

    def open_document(self, number: int) -> IO[str]:
        document = (self.directory / f"{number % DOCUMENTS}.text").open()
        self.open.append(document)
        return document

    def add(self, number: int) -> None:
        for word in self.open_document(number).read().split():
            self.words[word] = self.words.get(word, 0) + 1
        indexed["documents"] += 1

    def add_all(self) -> None:
        number = 0
        while True:
            try:
                self.add(number)
                number += 1
            except OSError:
                indexed["failed"] += 1
                time.sleep(PAUSE)


def main() -> None:
    directory = Path(start("directory").directory)
    for number in range(DOCUMENTS):
        (directory / f"{number}.text").write_text(f"document {number} of {DOCUMENTS} " * 50)
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
    threading.Thread(target=Index(directory).add_all, name="index", daemon=True).start()
    time.sleep(1)
    ready()
    while True:
        time.sleep(1)
        print(indexed, file=sys.stderr)


if __name__ == "__main__":
    main()
