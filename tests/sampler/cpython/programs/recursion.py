"""Deep recursion: the frames fill several chunks of the data stack."""

import sys
import threading
import time

sys.setrecursionlimit(5000)


class Tree:
    def descend(self, depth):
        if depth == 0:
            print("ready", flush=True)
            return self.spin()
        return self.descend(depth - 1)

    def spin(self):
        deadline = time.monotonic() + 60
        count = 0
        while time.monotonic() < deadline:
            count += sum(1 for _ in range(10))
        return count


threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
Tree().descend(900)
