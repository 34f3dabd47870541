"""Builds style sheets when they change: it looks every half a second which have, and while it sleeps the
changes of an editor who saves five times a second wait for it. Building takes a few milliseconds."""

import os
import random
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start, truth

SHEETS = 40
LOOK = 0.5  # seconds between two looks

built = {"sheets": 0, "saved": 0}


def save_sheet(path: Path, number: int) -> None:
    path.write_text("\n".join(f".rule-{rule} {{ width: {number % 90 + rule}px }}" for rule in range(50)))


def edit(paths: list[Path]) -> None:
    chance = random.Random(5)
    for number in range(1_000_000_000):
        save_sheet(chance.choice(paths), number)
        built["saved"] += 1
        time.sleep(0.2)


def wait_for_change(paths: list[Path], seen: dict[Path, int]) -> list[Path]:
    while True:
        with truth.span("sleep"):
            time.sleep(LOOK)
        changed = [path for path in paths if os.stat(path).st_mtime_ns != seen.get(path)]
        if changed:
            seen.update((path, os.stat(path).st_mtime_ns) for path in changed)
            return changed


def build_sheet(path: Path) -> int:
    return sum(len(line.split()) for line in path.read_text().splitlines())


def watch_sheets(paths: list[Path]) -> None:
    seen: dict[Path, int] = {}
    while True:
        for path in wait_for_change(paths, seen):
            build_sheet(path)
            built["sheets"] += 1


def main() -> None:
    directory = Path(start("directory").directory)
    paths = [directory / f"sheet-{number}.css" for number in range(SHEETS)]
    for path in paths:
        save_sheet(path, 0)
    for work, name in ((edit, "editor"), (watch_sheets, "builder")):
        threading.Thread(target=work, args=(paths,), name=name, daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(built, file=sys.stderr)


if __name__ == "__main__":
    main()
