"""Checks passwords with PBKDF2 (which releases the GIL) in three threads, all of them bound to one CPU as a
careless `taskset` would: that CPU is full and the others have nothing to do."""

import hashlib
import os
import sys
import threading
import time

from lifecycle import ready, start, truth

ROUNDS = 20_000

checked = {"right": 0, "wrong": 0}


def hash_password(password: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)


def check_list(worker: int) -> None:
    salt = f"{worker:016d}".encode()
    stored = hash_password("correct horse", salt)
    meter = truth.meter()
    for number in range(1_000_000_000):
        guess = "correct horse" if number % 3 == 0 else f"guess {number}"
        checked["right" if hash_password(guess, salt) == stored else "wrong"] += 1
        meter.mark()


def main() -> None:
    start()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for worker in range(3):
        threading.Thread(target=check_list, args=(worker,), name=f"check-{worker}", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(checked, file=sys.stderr)


if __name__ == "__main__":
    main()
