"""Answers each line with another one after a millisecond, as a cache in another data centre would. Prints
its port as one JSON line; ends with its parent."""

import ctypes
import json
import os
import signal
import socketserver
import time

DISTANCE = 0.001  # seconds


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        for line in self.rfile:
            time.sleep(DISTANCE)
            self.wfile.write(b"value of " + line)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    with Server(("127.0.0.1", 0), Handler) as server:
        print(json.dumps({"ready": True, "pid": os.getpid(), "port": server.server_address[1]}), flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
