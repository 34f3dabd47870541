"""Three replicas that each take some 200 KB a second from change_feed: `python slow_replica.py PORT`. Ends
with its parent."""

import ctypes
import signal
import socket
import sys
import threading
import time

REPLICAS = 3
BLOCK = 20_000  # bytes
PAUSE = 0.1


def follow(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as feed:
        while feed.recv(BLOCK):
            time.sleep(PAUSE)


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    for _ in range(REPLICAS):
        threading.Thread(target=follow, args=(int(sys.argv[1]),)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
