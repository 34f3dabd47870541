"""Accepts one connection every quarter of a second, with room for one more to wait: the kernel drops who asks
beyond that, and they ask again after a second. Prints its port as one JSON line; ends with its parent."""

import ctypes
import json
import os
import signal
import socket
import time

PAUSE = 0.25


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    print(json.dumps({"ready": True, "pid": os.getpid(), "port": server.getsockname()[1]}), flush=True)
    while True:
        with server.accept()[0] as connection:
            connection.recv(100)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
