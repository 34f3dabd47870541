"""A name server on 127.53.0.1, port 53, that takes 300 ms for each answer: every name has one address, none a
newer one. Prints its port as one JSON line; ends with its parent."""

import ctypes
import json
import os
import signal
import socket
import struct
import threading
import time

ADDRESS = ("127.53.0.1", 53)
ANSWER_TIME = 0.3
A_RECORD = 1  # the type of a question for an IPv4 address; RFC 1035


def answer_to(question: bytes) -> bytes:
    end = question.index(b"\0", 12) + 5  # of the one question: name, type, class
    wants_address = struct.unpack(">H", question[end - 4 : end - 2])[0] == A_RECORD
    head = question[:2] + struct.pack(">HHHHH", 0x8180, 1, int(wants_address), 0, 0)
    record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + socket.inet_aton("192.0.2.7")
    return head + question[12:end] + (record if wants_address else b"")


def answer(server: socket.socket, question: bytes, client: tuple[str, int]) -> None:
    time.sleep(ANSWER_TIME)
    server.sendto(answer_to(question), client)


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(ADDRESS)
    print(json.dumps({"ready": True, "pid": os.getpid(), "port": ADDRESS[1]}), flush=True)
    while True:
        question, client = server.recvfrom(512)
        threading.Thread(target=answer, args=(server, question, client), daemon=True).start()


if __name__ == "__main__":
    main()
