"""Four clients of a Redis server that each ask for the common members of large sets, again and again: `python
set_queries.py PORT`; ends with its parent."""

import ctypes
import signal
import socket
import sys
import threading

SETS = ("sailors", "dancers")
MEMBERS = 20_000
BATCH = 500
CLIENTS = 4


def command(*words: str) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words)


def fill(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as server, server.makefile("rb") as answers:
        for number, name in enumerate(SETS):
            for first in range(0, MEMBERS, BATCH):
                members = [f"member-{n * (number + 2)}" for n in range(first, first + BATCH)]
                server.sendall(command("SADD", name, *members))
                answers.readline()


def ask(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as server, server.makefile("rb") as answers:
        while True:
            server.sendall(command("SINTERCARD", str(len(SETS)), *SETS))
            answers.readline()


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    port = int(sys.argv[1])
    fill(port)
    for _ in range(CLIENTS):
        threading.Thread(target=ask, args=(port,)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
