"""Two readers of memcached who ask for a hundred keys at a time, each by itself, and read all answers before
they ask again: `python cache_readers.py PORT`; ends with its parent."""

import ctypes
import signal
import socket
import sys
import threading

READERS = 2
KEYS = 100
VALUE = b"v" * 40


def fill(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as cache, cache.makefile("rb") as answers:
        for number in range(KEYS):
            cache.sendall(b"set key%03d 0 0 %d\r\n%s\r\n" % (number, len(VALUE), VALUE))
            answers.readline()


def read(port: int) -> None:
    question = b"".join(b"get key%03d\r\n" % number for number in range(KEYS))
    length = sum(len(b"VALUE key%03d 0 %d\r\n%s\r\nEND\r\n" % (n, len(VALUE), VALUE)) for n in range(KEYS))
    with socket.create_connection(("127.0.0.1", port)) as cache:
        while True:
            cache.sendall(question)
            left = length
            while left:
                left -= len(cache.recv(left))


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    port = int(sys.argv[1])
    fill(port)
    for _ in range(READERS):
        threading.Thread(target=read, args=(port,)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
