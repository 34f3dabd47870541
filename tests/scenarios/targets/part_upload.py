"""Uploads parts of 64 KB to an archive over three connections, and waits until each part is confirmed; on the
way segments get lost and have to be sent again. `--peer` is the archive's port."""

import socket
import sys
import threading
import time
import zlib

from lifecycle import ready, start, truth

PART = 64 << 10  # bytes; as the archive expects

uploaded = {"parts": 0}


def make_part(number: int) -> bytes:
    body = (b"%d " % number) * (PART // 2)
    return (b"%08x" % zlib.crc32(body[: PART - 8]) + body)[:PART]


def upload_part(archive: socket.socket, part: bytes) -> None:
    with truth.span("network"):
        archive.sendall(part)
        archive.recv(16)


def upload_all(port: int) -> None:
    archive = socket.create_connection(("127.0.0.1", port))
    for number in range(1_000_000_000):
        upload_part(archive, make_part(number))
        uploaded["parts"] += 1


def main() -> None:
    port = int(start("peer").peer)
    for worker in range(3):
        threading.Thread(target=upload_all, args=(port,), name=f"upload-{worker}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(uploaded, file=sys.stderr)


if __name__ == "__main__":
    main()
