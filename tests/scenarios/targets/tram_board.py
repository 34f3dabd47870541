"""Shows when the next tram comes on the boards of many stops, a line for each question, in a loop over a
selector of its own. For every fourth question it asks another service for the delay and waits for its answer,
and with it wait all the other boards."""

import http.client
import selectors
import socket

from lifecycle import ready, start, truth

told = {"questions": 0, "delays": 0}


class Board:
    """One connection, and what it has sent of a line."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection, self.rest = connection, b""

    def lines(self) -> "list[bytes] | None":
        """The whole lines that have come; None when the board has gone."""
        data = self.connection.recv(4096)
        if not data:
            return None
        *whole, self.rest = (self.rest + data).split(b"\n")
        return whole


class Office:
    """Answers the boards."""

    def __init__(self, delays: http.client.HTTPConnection) -> None:
        self.delays = delays
        self.selector = selectors.DefaultSelector()

    def listen(self) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        self.selector.register(listener, selectors.EVENT_READ, None)
        return int(listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    self.admit(key.fileobj)
                else:
                    self.answer(key.data)

    def admit(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        self.selector.register(connection, selectors.EVENT_READ, Board(connection))

    def answer(self, board: Board) -> None:
        lines = board.lines()
        if lines is None:
            self.selector.unregister(board.connection)
            board.connection.close()
            return
        for line in lines:
            told["questions"] += 1
            late = self.ask_delay(line) if told["questions"] % 4 == 0 else 0
            board.connection.sendall(b"%d min, %d late\n" % (timetable(line), late))

    def ask_delay(self, line: bytes) -> int:
        with truth.span("blocked"):
            for _ in range(3):  # the line, its depot, the driver
                self.delays.request("POST", "/delays", body=line)
                self.delays.getresponse().read()
        told["delays"] += 1
        return len(line) % 7


def timetable(line: bytes) -> int:
    return sum(line[n % len(line)] * n for n in range(3000)) % 20


def main() -> None:
    options = start("peer")
    office = Office(http.client.HTTPConnection("127.0.0.1", int(options.peer)))
    ready(port=office.listen())
    office.serve()


if __name__ == "__main__":
    main()
