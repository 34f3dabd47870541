"""Has the Redis server at the port of its argument go through all of its keys, again and again: `python
key_listing.py PORT`; ends with its parent."""

import ctypes
import signal
import socket
import sys

KEYS = 200_000
BATCH = 5_000


def command(*words: str) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words)


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    with (
        socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as server,
        server.makefile("rb") as answers,
    ):
        for first in range(0, KEYS, BATCH):
            pairs = (word for number in range(first, first + BATCH) for word in (f"visit:{number}", "1"))
            server.sendall(command("MSET", *pairs))
            answers.readline()
        print('{"ready": true}', flush=True)
        while True:
            server.sendall(command("KEYS", "visit:none:*"))  # an empty array
            answers.readline()


if __name__ == "__main__":
    main()
