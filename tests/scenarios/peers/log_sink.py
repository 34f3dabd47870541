"""Reads what it is sent and forgets it. Prints its port as one JSON line; ends with its parent."""

import ctypes
import json
import os
import signal
import socket


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(json.dumps({"ready": True, "pid": os.getpid(), "port": server.getsockname()[1]}), flush=True)
        connection = server.accept()[0]
        while connection.recv(1 << 20):
            pass


if __name__ == "__main__":
    main()
