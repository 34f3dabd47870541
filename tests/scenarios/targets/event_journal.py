"""Keeps events durable: a writer appends batches of 16 KB to its journal and waits until each is on the disk
before it takes the next, over and over in a file of fixed size, as databases do."""

import os
import sys
import threading
import time
import zlib
from pathlib import Path

from lifecycle import ready, start, truth

SIZE = 8 << 20  # bytes of the journal
PAYLOAD = "x" * 960
BATCH = 16


class Journal:
    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        self.events = 0
        self.position = 0
        os.write(self.file, bytes(SIZE))

    def encode_batch(self) -> bytes:
        lines = []
        for _ in range(BATCH):
            self.events += 1
            lines.append(f"{self.events:012d} {PAYLOAD}\n")
        body = "".join(lines).encode()
        return b"%08x %d\n%s" % (zlib.crc32(body), len(body), body)

    def append_batch(self, batch: bytes) -> None:
        os.pwrite(self.file, batch, self.position)
        with truth.span("fsync"):
            os.fsync(self.file)

    def write_events(self) -> None:
        while True:
            batch = self.encode_batch()
            self.append_batch(batch)
            self.position = (self.position + len(batch)) % (SIZE - len(batch))


def main() -> None:
    options = start("directory")
    journal = Journal(Path(options.directory) / "events.journal")
    threading.Thread(target=journal.write_events, name="writer", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(journal.events, "events", file=sys.stderr)


if __name__ == "__main__":
    main()
