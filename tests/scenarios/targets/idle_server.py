"""Healthy: an HTTP server without traffic, with a pool of workers that wait for jobs and a heartbeat."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lifecycle import ready, start

heartbeat = {"beats": 0}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()


def beat() -> None:
    while True:
        time.sleep(0.25)
        heartbeat["beats"] += 1


def main() -> None:
    start()
    pool = ThreadPoolExecutor(4, "job")
    for job in [pool.submit(time.sleep, 0.01) for _ in range(4)]:
        job.result()
    threading.Thread(target=beat, name="heartbeat", daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ready(port=server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
