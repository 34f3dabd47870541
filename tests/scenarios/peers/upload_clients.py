"""Two stations that upload 30,000 measurements at a time to asgi_uploads, with pauses, and four readers of
the newest value: `python upload_clients.py PORT`; ends with its parent."""

import ctypes
import http.client
import signal
import sys
import threading
import time

READERS, STATIONS = 4, 2
PAUSE = 0.02
ROWS = "".join(f"station-{n % 40},{n * 7919 % 1009 / 10}\n" for n in range(30_000))
UPLOAD = f"station,value\n{ROWS}".encode()


def ask(port: int, path: str, body: bytes | None) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while True:
        connection.request("POST" if body else "GET", path, body)
        connection.getresponse().read()
        time.sleep(PAUSE)


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    port = int(sys.argv[1])
    requests = [("/", None)] * READERS + [("/upload", UPLOAD)] * STATIONS
    for path, body in requests:
        threading.Thread(target=ask, args=(port, path, body)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
