"""Audits the names of a zone with questions of its own making, over UDP, as monitoring does: two threads ask
the name server for one name after the other and check the answer. `--peer` is the name server's port."""

import secrets
import socket
import struct
import sys
import threading
import time

from lifecycle import ready, start, truth

SERVER = "127.53.0.1"

audit = {"names": 0, "bytes": 0, "odd": 0}


def encode_question(name: str) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return secrets.token_bytes(2) + struct.pack(">HHHHH", 0x0100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def query_zone(channel: socket.socket, port: int, name: str) -> bytes:
    question = encode_question(name)
    channel.sendto(question, (SERVER, port))
    while True:
        with truth.span("names"):
            answer = channel.recvfrom(512)[0]
        if answer[:2] == question[:2]:
            return answer


def check_answer(answer: bytes) -> bool:
    return len(answer) > 12 and sum(answer[at] * (at % 13) for at in range(len(answer))) % 2 == 0


def audit_names(port: int, first: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        for number in range(first, 1_000_000_000, 2):
            answer = query_zone(channel, port, f"host{number}.zone.example.org")
            audit["odd"] += check_answer(answer)
            audit["bytes"] += len(answer)
            audit["names"] += 1


def main() -> None:
    port = int(start("peer").peer)
    for first in range(2):
        threading.Thread(target=audit_names, args=(port, first), name=f"audit-{first}", daemon=True).start()
    time.sleep(0.7)
    ready()
    while True:
        time.sleep(1)
        print(audit, file=sys.stderr)


if __name__ == "__main__":
    main()
