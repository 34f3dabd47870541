"""Answers questions of one line with a number, over a link that loses one segment in eight, as that of
lossy_archive does. Prints its port as one JSON line; ends with its parent."""

import ctypes
import json
import os
import signal
import socket
import threading

from lossy_archive import lose_segments


def answer(connection: socket.socket) -> None:
    lose_segments(connection)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection.makefile("rb") as questions:
        for question in questions:
            connection.sendall(b"%d\n" % (int(question.split()[-1]) * 7919 % 101))


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(json.dumps({"ready": True, "pid": os.getpid(), "port": server.getsockname()[1]}), flush=True)
        while True:
            threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()


if __name__ == "__main__":
    main()
