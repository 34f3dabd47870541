"""Restores snapshots from a volume: three threads read 64 KB of it at a time, past the page cache, and unpack
them. Another process checks the whole volume meanwhile, with ten reads under way, and so the device never
rests. `--device` is the volume; `check PATH` is that process."""

import mmap
import os
import random
import subprocess
import sys
import threading
import time
import zlib

from lifecycle import ready, start, start_child, truth

PIECE = 64 << 10  # bytes
STRIPE = 256 << 10
CHECKERS = 10

restored = {"pieces": 0, "sum": 0}


def places(volume: int, size: int, seed: int) -> tuple[random.Random, int]:
    return random.Random(seed), os.lseek(volume, 0, os.SEEK_END) // size


def check(path: str, seed: int) -> None:
    volume, stripe = os.open(path, os.O_RDONLY | os.O_DIRECT), mmap.mmap(-1, STRIPE)
    chance, stripes = places(volume, STRIPE, seed)
    while True:
        os.preadv(volume, [stripe], chance.randrange(stripes) * STRIPE)


def check_volume(path: str) -> None:
    start_child()
    for seed in range(CHECKERS):
        threading.Thread(target=check, args=(path, seed)).start()


def fetch_piece(volume: int, piece: mmap.mmap, place: int) -> None:
    with truth.span("disk"):
        os.preadv(volume, [piece], place)


def restore(path: str, seed: int) -> None:
    volume, piece = os.open(path, os.O_RDONLY | os.O_DIRECT), mmap.mmap(-1, PIECE)
    chance, pieces = places(volume, PIECE, seed)
    while True:
        fetch_piece(volume, piece, chance.randrange(pieces) * PIECE)
        restored["sum"] = zlib.crc32(zlib.compress(piece[: PIECE // 4], 1))
        restored["pieces"] += 1


def main() -> None:
    path = start("device").device
    subprocess.Popen([sys.executable, __file__, "check", path])
    for seed in range(3):
        threading.Thread(target=restore, args=(path, seed), name=f"restore-{seed}", daemon=True).start()
    time.sleep(1)
    ready()
    while True:
        time.sleep(1)
        print(restored, file=sys.stderr)


if __name__ == "__main__":
    check_volume(sys.argv[2]) if sys.argv[1] == "check" else main()
