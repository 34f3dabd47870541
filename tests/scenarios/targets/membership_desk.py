"""Looks up members: nine desks share three connections to a directory (25 ms an answer). Who finds none free
stands in line, and the connection is handed to the first in it, as some database pools do; a desk files its
answer before it asks again. `--peer` is the directory's port."""

import http.client
import json
import sys
import threading
import time
from collections import deque

from lifecycle import ready, start, truth

CONNECTIONS = 3
DESKS = 9
PATIENCE = 30.0  # seconds

found = {"members": 0}


class Turn:
    """A place in the line."""

    def __init__(self) -> None:
        self.given = threading.Event()
        self.connection: http.client.HTTPConnection | None = None


class Directory:
    def __init__(self, port: int) -> None:
        self.lock = threading.Lock()
        self.free = deque(http.client.HTTPConnection("127.0.0.1", port) for _ in range(CONNECTIONS))
        self.line: deque[Turn] = deque()

    def check_out(self) -> http.client.HTTPConnection:
        with self.lock:
            if self.free:
                return self.free.popleft()
            turn = Turn()
            self.line.append(turn)
        with truth.span("pool"):
            turn.given.wait(PATIENCE)
        if turn.connection is None:
            raise TimeoutError("no connection to the directory")
        return turn.connection

    def check_in(self, connection: http.client.HTTPConnection) -> None:
        with self.lock:
            if self.line:
                turn = self.line.popleft()
                turn.connection = connection
                turn.given.set()
            else:
                self.free.append(connection)


def ask_directory(connection: http.client.HTTPConnection, number: int) -> dict[str, object]:
    connection.request("POST", "/member", json.dumps({"member": number}))
    with truth.span("network"):
        return dict(json.loads(connection.getresponse().read()))


def find_member(directory: Directory, number: int) -> dict[str, object]:
    connection = directory.check_out()
    try:
        return ask_directory(connection, number)
    finally:
        directory.check_in(connection)


def serve_desk(directory: Directory, desk: int) -> None:
    for number in range(1_000_000_000):
        member = find_member(directory, desk + DESKS * number)
        found["bytes"] = len(json.dumps([member] * 50))
        found["members"] += 1


def main() -> None:
    directory = Directory(int(start("peer").peer))
    for desk in range(DESKS):
        threading.Thread(target=serve_desk, args=(directory, desk), daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(found, file=sys.stderr)


if __name__ == "__main__":
    main()
