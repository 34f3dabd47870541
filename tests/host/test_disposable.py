import json
import os
import socket
import struct

from perfdiag.errors import Denied, Missing
from perfdiag.host import Host
from perfdiag.host.disposable import ended, start, take_answer


def test_an_answer_is_taken_when_it_is_whole():
    whole = struct.pack("<BI", 0, 3) + b"abc"
    for length in range(len(whole)):
        received = bytearray(whole[:length])
        assert (None, whole[:length]) == (take_answer(received), received)
    received = bytearray(whole)
    assert (b"abc", b"") == (take_answer(received), received)


def test_an_empty_answer_is_an_answer():
    assert b"" == take_answer(bytearray(struct.pack("<BI", 0, 0)))


def test_a_refusal_keeps_its_kind():
    answer = take_answer(bytearray(struct.pack("<BI", 2, 2) + b"no"))
    assert (Denied, "no") == (type(answer), str(answer))


def test_the_child_answers_until_the_connection_ends():
    connection, pid = start(Host())
    connection.sendall(json.dumps(["exe", os.getpid()]).encode() + b"\n")
    received = bytearray()
    answer: bytes | Missing | None = None
    while answer is None:
        received += connection.recv(1 << 16)
        answer = take_answer(received)
    assert os.readlink("/proc/self/exe").encode() == answer
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()
    assert ended(pid, 5.0)
