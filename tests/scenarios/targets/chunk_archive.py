"""Compresses chunks with two workers of a ThreadPoolExecutor (zlib releases the GIL). Meant to run in a cgroup
with half a CPU of quota, where it stands still most of the time."""

import os
import sys
import threading
import time
import zlib
from concurrent.futures import Future, ThreadPoolExecutor

from lifecycle import ready, start

CHUNK = b"".join(b"%d:%s;" % (n, os.urandom(6).hex().encode()) for n in range(20_000))


class Archive:
    def __init__(self) -> None:
        self.packed = 0
        self.chunks = 0
        self.lock = threading.Lock()

    def compress_chunk(self, number: int) -> int:
        data = zlib.compress(CHUNK, 6)
        return len(data)

    def account(self, done: "Future[int]") -> None:
        with self.lock:
            self.packed += done.result()
            self.chunks += 1

    def pack_shard(self, pool: ThreadPoolExecutor, number: int) -> None:
        # the next chunk queues behind the others: the pool always has work for both workers
        done: Future[int] = Future()
        done.set_result(self.compress_chunk(number))
        self.account(done)
        pool.submit(self.pack_shard, pool, number + 1)


def main() -> None:
    start()
    archive = Archive()
    pool = ThreadPoolExecutor(2, "pack")
    for shard in range(4):
        pool.submit(archive.pack_shard, pool, shard * 1_000_000)
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(archive.chunks, "chunks", archive.packed, "bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
