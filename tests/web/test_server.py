"""The server over real sockets: bounded, and nobody can make it wait."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.client import HTTPConnection

import pytest

from perfdiag.web import server as server_module
from perfdiag.web.process import bind
from perfdiag.web.protocol import Request, Response, plain
from perfdiag.web.server import Server

PAGE = "x" * 50_000
GET = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def answer(request: Request) -> Response:
    return plain(HTTPStatus.OK, PAGE if request.path == "/page" else request.path)


class Running:
    """A server whose loop runs in a thread of the test."""

    def __init__(self) -> None:
        listener = bind("127.0.0.1", 0)
        self.port = listener.getsockname()[1]
        self.server = Server(listener, answer)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.server.step(0.02)
        self.server.close()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(5)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)


@pytest.fixture
def running() -> Iterator[Running]:
    instance = Running()
    yield instance
    instance.stop()


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def refuses(client: socket.socket, data: bytes) -> bool:
    try:
        client.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        return True
    return False


def read_all(client: socket.socket) -> bytes:
    data = b""
    while part := client.recv(65536):
        data += part
    return data


def test_many_requests_go_over_one_connection(running: Running) -> None:
    client = HTTPConnection("127.0.0.1", running.port, timeout=5)
    for _ in range(200):
        client.request("GET", "/page")
        assert PAGE.encode() == client.getresponse().read()
    assert 1 == running.server.connections
    client.close()


def test_requests_that_arrive_at_once_are_answered_in_order(running: Running) -> None:
    with running.connect() as client:
        client.sendall(
            GET.replace(b"/ ", b"/one ")
            + GET.replace(b"/ ", b"/two ").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        )
        reply = read_all(client)
    assert reply.index(b"/one") < reply.index(b"/two")
    assert 2 == reply.count(b"200 OK")


def test_a_request_in_pieces_is_answered(running: Running) -> None:
    with running.connect() as client:
        for at in range(len(GET)):
            client.sendall(GET[at : at + 1])
        assert client.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_head_that_never_ends_is_refused(running: Running) -> None:
    with running.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 8192)
        assert client.recv(100).startswith(b"HTTP/1.1 431 ")


def test_a_refused_request_ends_the_connection(running: Running) -> None:
    with running.connect() as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + GET)
        reply = read_all(client)
    assert 1 == reply.count(b"HTTP/1.1")
    assert b"405 Method Not Allowed" in reply
    assert b"Allow: GET, HEAD" in reply


def test_slow_clients_take_at_most_64_places_and_shut_nobody_out(running: Running) -> None:
    slow = [running.connect() for _ in range(200)]
    for client in slow:
        client.sendall(b"GET /")
    assert until(lambda: running.server.connections == 64)
    start = time.monotonic()
    with running.connect() as honest:
        honest.sendall(GET)
        assert honest.recv(100).startswith(b"HTTP/1.1 200 OK")
    assert time.monotonic() - start < 1.0
    assert running.server.connections <= 64
    for client in slow:
        client.close()


@pytest.mark.parametrize("half", [b"", b"GET / HTT"])
def test_a_client_that_says_nothing_is_closed_in_time(
    running: Running, monkeypatch: pytest.MonkeyPatch, half: bytes
) -> None:
    monkeypatch.setattr(server_module, "_HEAD_SECONDS", 0.1)
    with running.connect() as client:
        client.sendall(half)
        assert b"" == client.recv(100)


def test_dripping_bytes_does_not_move_the_deadline(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_HEAD_SECONDS", 0.2)
    with running.connect() as client:
        assert until(lambda: refuses(client, b"G"))


def test_a_client_that_does_not_read_is_closed_in_time(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_WRITE_SECONDS", 0.2)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    client.connect(("127.0.0.1", running.port))
    client.sendall(GET.replace(b"/ ", b"/page ") * 200)
    assert until(lambda: running.server.connections == 1)
    assert until(lambda: running.server.connections == 0)
    client.close()
