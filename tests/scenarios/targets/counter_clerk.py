"""Sells stamps over HTTP, without threads: a connection is kept until its customer has bought all it wants,
and the others stand in line meanwhile. A client (peers/stamp_customers.py) drives it."""

import hashlib
import http.server
import threading
import time

from lifecycle import ready, start

sold = {"stamps": 0, "seen": 0}


def print_stamp(number: int) -> bytes:
    digest = hashlib.sha256(str(number).encode()).digest()
    for _ in range(300):
        digest = hashlib.sha256(digest).digest()
    return digest.hex().encode()


class Clerk(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        sold["stamps"] += 1
        body = print_stamp(sold["stamps"])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


class Counter(http.server.HTTPServer):
    request_queue_size = 16


def open_counter(counter: Counter) -> None:
    counter.serve_forever()


def watch() -> None:
    while True:
        time.sleep(1)
        sold["seen"] = sold["stamps"]


def main() -> None:
    start()
    threading.Thread(target=watch, name="watch", daemon=True).start()
    counter = Counter(("127.0.0.1", 0), Clerk)
    ready(port=counter.server_port)
    open_counter(counter)


if __name__ == "__main__":
    main()
