"""Passes connections on to the port of its argument, and holds what comes back for two milliseconds, as a
database in another building would. Prints its own port as one JSON line; ends with its parent."""

import ctypes
import json
import os
import signal
import socket
import sys
import threading
import time

DISTANCE = 0.002  # seconds


def carry(source: socket.socket, sink: socket.socket, delay: float) -> None:
    while part := source.recv(1 << 16):
        time.sleep(delay)
        sink.sendall(part)
    sink.shutdown(socket.SHUT_WR)


def connect(client: socket.socket, port: int) -> None:
    server = socket.create_connection(("127.0.0.1", port))
    for one in (client, server):
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=carry, args=(client, server, 0.0), daemon=True).start()
    threading.Thread(target=carry, args=(server, client, DISTANCE), daemon=True).start()


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        facts = {"ready": True, "pid": os.getpid(), "port": listener.getsockname()[1]}
        print(json.dumps(facts), flush=True)
        while True:
            connect(listener.accept()[0], int(sys.argv[1]))


if __name__ == "__main__":
    main()
