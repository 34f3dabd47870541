"""Healthy: a server that answers about forty requests a second over four lasting connections, 5 ms of
computing each: 20 % of a core, no queue. A client (peers/steady_client.py) drives it."""

import hashlib
import socketserver
import threading
import time

from lifecycle import ready, start, truth

COMPUTING = 0.005  # seconds of CPU for each request

served = {"requests": 0}


def price_quote(line: bytes) -> bytes:
    digest, end = line, time.thread_time() + COMPUTING
    while time.thread_time() < end:
        digest = hashlib.sha256(digest).digest()
    return digest.hex().encode()


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while True:
            with truth.span("idle"):
                line = self.rfile.readline()
            if not line:
                return
            self.wfile.write(price_quote(line) + b"\n")
            served["requests"] += 1


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def watch() -> None:
    while True:
        time.sleep(1)
        served["seen"] = served["requests"]


def main() -> None:
    start()
    threading.Thread(target=watch, name="watch", daemon=True).start()
    server = Server(("127.0.0.1", 0), Handler)
    ready(port=server.server_address[1])
    server.serve_forever()


if __name__ == "__main__":
    main()
