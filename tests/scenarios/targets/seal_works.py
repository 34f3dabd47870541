"""Derives seals for documents in a pool of four threads for each CPU, in C code without the GIL: many more of them
are ready to compute than there are CPUs."""

import hashlib
import os
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from lifecycle import ready, start

ROUNDS = 12_000

made = {"seals": 0}


def derive_seal(document: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", b"document %d" % document, b"works", ROUNDS)


def seal_all(workers: int) -> None:
    with ThreadPoolExecutor(workers) as pool:
        pending = {pool.submit(derive_seal, document) for document in range(2 * workers)}
        document = 2 * workers
        while True:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for _ in done:
                made["seals"] += 1
                document += 1
                pending.add(pool.submit(derive_seal, document))


def main() -> None:
    start()
    workers = 4 * len(os.sched_getaffinity(0))
    threading.Thread(target=seal_all, args=(workers,), name="office", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(made, file=sys.stderr)


if __name__ == "__main__":
    main()
