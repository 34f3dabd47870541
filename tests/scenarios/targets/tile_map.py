"""Draws map tiles from a world file that it has mapped into memory and that is larger than the memory its cgroup
may use: what it needs next has just been thrown out."""

import mmap
import os
import random
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start, truth

WORLD = 256 << 20  # bytes
BLOCK = 1 << 20
TILE = 64 << 10

drawn = {"tiles": 0, "ink": 0}


def write_world(path: Path) -> None:
    with path.open("wb") as file:
        for number in range(WORLD // BLOCK):
            file.write(number.to_bytes(2, "little") * (BLOCK // 2))
        file.flush()
        os.fsync(file.fileno())


def load_tile(world: mmap.mmap, place: int) -> bytes:
    with truth.span("memory"):
        return world[place : place + TILE]


def draw_tile(tile: bytes) -> int:
    return sum(tile[::61])


def draw_all(world: mmap.mmap) -> None:
    chance = random.Random(7)
    while True:
        place = chance.randrange(WORLD // TILE) * TILE
        drawn["ink"] += draw_tile(load_tile(world, place))
        drawn["tiles"] += 1


def main() -> None:
    path = Path(start("directory").directory) / "world.tiles"
    write_world(path)
    with path.open("rb") as file:
        world = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    world.madvise(mmap.MADV_RANDOM)
    threading.Thread(target=draw_all, args=(world,), name="draw", daemon=True).start()
    time.sleep(3)  # until the memory is full
    ready()
    while True:
        time.sleep(1)
        print(drawn, file=sys.stderr)


if __name__ == "__main__":
    main()
