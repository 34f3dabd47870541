"""Code objects that are compiled, run for a moment and freed: their memory is reused for the next ones.

Function `outer_N` in file <N> stands on line N % 50 + 1 and calls `inner_N` of the same file.
"""

import itertools
import os
import threading
import time

threading.Timer(60, os._exit, (0,)).start()
print("ready", flush=True)
for number in itertools.count(1):
    names = {"time": time}
    source = "\n" * (number % 50) + (
        f"def outer_{number}(): inner_{number}()\n"
        f"def inner_{number}():\n"
        " deadline = time.perf_counter() + 0.002\n"
        " while time.perf_counter() < deadline: pass\n"
        f"outer_{number}()\n"
    )
    exec(compile(source, f"<{number}>", "exec"), names)
