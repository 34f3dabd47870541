"""Makes previews of documents by a command of its own for each one, as shell-minded services do: two workers
wait for `sort`, beside a heartbeat."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start, truth

LINES = 80_000

heartbeat = {"previews": 0, "bytes": 0}


def write_document(path: Path) -> None:
    path.write_text("\n".join(f"{n * 7919 % 100_003} line of a document" for n in range(LINES)))


def render_preview(document: Path) -> str:
    command = ["sort", "--numeric-sort", "--output", os.devnull, str(document)]
    with truth.span("child"):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def frame_preview(preview: str) -> str:
    return "\n".join(f"| {number:<60} |" for number in range(800)) + preview


def serve_previews(document: Path) -> None:
    while True:
        heartbeat["bytes"] += len(frame_preview(render_preview(document)))
        heartbeat["previews"] += 1


def main() -> None:
    document = Path(start("directory").directory) / "document.txt"
    write_document(document)
    for worker in range(2):
        threading.Thread(target=serve_previews, args=(document,), name=f"preview-{worker}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(heartbeat, file=sys.stderr)


if __name__ == "__main__":
    main()
