"""The main thread works on after it has made two interpreters, from 3.13 on with a thread at work in each."""

import os
import sys
import threading

if sys.version_info >= (3, 13):
    import _interpreters as interpreters
else:
    import _xxsubinterpreters as interpreters

WORK = "def inside():\n while True: sum(range(1000))\ninside()"


def outside():
    while True:
        sum(range(1000))


threading.Timer(60, os._exit, (0,)).start()
made = [interpreters.create() for _ in range(2)]
if sys.version_info >= (3, 13):
    for number in made:
        threading.Thread(target=interpreters.exec, args=(number, WORK), daemon=True).start()
print("ready", flush=True)
outside()
