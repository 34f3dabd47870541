"""Says over HTTP in how many ways a knight can walk over a board, a thread for each connection. Eight players
ask all the time, and only one of the threads can compute."""

import http.server
import threading
import time

from lifecycle import ready, start, truth

STEPS = ((1, 2), (2, 1), (-1, 2), (-2, 1), (1, -2), (2, -1), (-1, -2), (-2, -1))

table = {"walks": 0, "seen": 0}


def count_walks(size: int, steps: int) -> int:
    ways = {(0, 0): 1}
    for _ in range(steps):
        reached: dict[tuple[int, int], int] = {}
        for (row, column), count in ways.items():
            for down, right in STEPS:
                if 0 <= row + down < size and 0 <= column + right < size:
                    square = row + down, column + right
                    reached[square] = reached.get(square, 0) + count
        ways = reached
    return sum(ways.values())


class Player(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # an answer is one segment
    meters = threading.local()

    def do_GET(self) -> None:
        if not hasattr(self.meters, "meter"):
            self.meters.meter = truth.meter()
        body = f"{count_walks(8, 40)}\n".encode()
        table["walks"] += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.meters.meter.mark()

    def log_message(self, *words: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 32


def watch() -> None:
    while True:
        time.sleep(1)
        table["seen"] = table["walks"]


def main() -> None:
    start()
    threading.Thread(target=watch, name="watch", daemon=True).start()
    server = Server(("127.0.0.1", 0), Player)
    ready(port=server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
