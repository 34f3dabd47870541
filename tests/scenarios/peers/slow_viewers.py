"""Four viewers of yard_camera who each take some 100 KB a second of its stream, and one who asks now and then
how it is: `python slow_viewers.py PORT`. Ends with its parent."""

import ctypes
import http.client
import signal
import socket
import sys
import threading
import time

VIEWERS = 4
BLOCK = 10_000  # bytes
PAUSE = 0.1


def view(port: int) -> None:
    viewer = socket.socket()
    viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 10)
    viewer.connect(("127.0.0.1", port))
    viewer.sendall(b"GET /stream HTTP/1.0\r\n\r\n")
    while viewer.recv(BLOCK):
        time.sleep(PAUSE)


def ask_status(port: int) -> None:
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/status")
        connection.getresponse().read()
        connection.close()
        time.sleep(0.5)


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    port = int(sys.argv[1])
    for look in [view] * VIEWERS + [ask_status]:
        threading.Thread(target=look, args=(port,)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
