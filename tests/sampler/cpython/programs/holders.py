"""Threads that hold locks and stand still; named after what they hold, and a waiter for each lock."""

import sys
import threading
import time

held = {name: threading.Lock() for name in ("outer", "inner", "left", "called")}
held["again"] = threading.RLock()
came = threading.Barrier(4)


def stay():
    came.wait()
    time.sleep(600)


def outer_inner():
    for _ in range(3):
        with held["outer"]:
            try:
                inside()
            finally:
                pass


def inside():
    with held["inner"]:
        stay()


def again():
    with held["left"]:
        pass
    with held["again"], held["again"]:
        stay()


def called():
    held["called"].acquire()  # no block: nothing tells who has it
    try:
        stay()
    finally:
        held["called"].release()


def wait_for(lock):
    if lock.acquire():
        time.sleep(600)


def begin(target, *given, name):
    threading.Thread(target=target, args=given, name=name, daemon=True).start()


for target in (outer_inner, again, called):
    begin(target, name=target.__name__)
came.wait()
for name, lock in held.items():
    begin(wait_for, lock, name="wait " + name)
for thread in threading.enumerate():
    print(thread.native_id, thread.name, file=sys.stderr, flush=True)
print("ready", flush=True)
time.sleep(600)
