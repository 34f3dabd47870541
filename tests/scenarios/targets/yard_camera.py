"""Shows what a camera sees, as a stream of pictures over HTTP with a thread for each viewer. The viewers
(peers/slow_viewers.py) read a sixth of what it sends; a picture that is too old is left out."""

import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_SNDBUF, SOL_SOCKET

from lifecycle import ready, start, truth

PICTURE = 60_000  # bytes
RATE = 10  # a second
BUFFER = 64 << 10  # bytes under way: what is live must not be old

shown = {"pictures": 0, "asked": 0}


class Camera:
    def __init__(self) -> None:
        self.turn = threading.Condition()
        self.number, self.picture = 0, b""

    def take_pictures(self) -> None:
        chance = random.Random(3)
        while True:
            picture = chance.randbytes(PICTURE)
            with self.turn:
                self.number, self.picture = self.number + 1, picture
                self.turn.notify_all()
            time.sleep(1 / RATE)

    def after(self, number: int) -> tuple[int, bytes]:
        with self.turn:
            while self.number <= number:
                self.turn.wait()
            return self.number, self.picture


camera = Camera()


class Viewer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        if self.path == "/status":
            shown["asked"] += 1
            body = b"%d pictures\n" % camera.number
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
        self.end_headers()
        self.stream()

    def stream(self) -> None:
        number = 0
        while True:
            number, picture = camera.after(number)
            self.push_frame(picture)
            shown["pictures"] += 1

    def push_frame(self, picture: bytes) -> None:
        head = b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
        with truth.span("network"):
            self.wfile.write(head + picture + b"\r\n")

    def log_message(self, *words: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        self.socket.setsockopt(SOL_SOCKET, SO_SNDBUF, BUFFER)  # its connections have it from here
        super().server_bind()


def watch() -> None:
    while True:
        time.sleep(1)
        print(shown, file=sys.stderr)


def main() -> None:
    start()
    threading.Thread(target=camera.take_pictures, name="camera", daemon=True).start()
    threading.Thread(target=watch, name="watch", daemon=True).start()
    server = Server(("127.0.0.1", 0), Viewer)
    ready(port=server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
