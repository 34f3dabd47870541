"""Exceptions on their way through handlers, locks and threads that come and go."""

import threading
import time

lock = threading.Lock()


class Refused(Exception):
    pass


def refuse(depth):
    if depth == 0:
        raise Refused("as planned")
    try:
        refuse(depth - 1)
    finally:
        time.perf_counter()


def handle():
    while True:
        try:
            refuse(5)
        except Refused as error:
            str(error)
        with lock:
            pass


def short_lived():
    time.sleep(0.001)


def spawn():
    while True:
        threading.Thread(target=short_lived, name="été").start()


def naïve():
    while True:
        with lock:
            time.sleep(0.001)


for target in (handle, handle, naïve, spawn):
    threading.Thread(target=target, daemon=True).start()
print("ready", flush=True)
time.sleep(60)
