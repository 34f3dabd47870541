"""Two threads wait for a Lock, two for an RLock; the main thread holds both."""

import threading
import time


def wait(lock, waiting):
    waiting.release()
    with lock:
        pass


waiting = threading.Semaphore(0)
for lock in (threading.Lock(), threading.RLock()):
    lock.acquire()
    for _ in range(2):
        threading.Thread(target=wait, args=(lock, waiting), daemon=True).start()
for _ in range(4):
    waiting.acquire()
time.sleep(0.2)  # until they sleep
print("ready", flush=True)
time.sleep(60)
