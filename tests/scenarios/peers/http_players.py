"""Eight players who ask an HTTP server all the time, over lasting connections: `python http_players.py PORT`;
ends with its parent."""

import ctypes
import http.client
import signal
import sys
import threading

PLAYERS = 8


def ask(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while True:
        connection.request("GET", "/")
        connection.getresponse().read()


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    for _ in range(PLAYERS):
        threading.Thread(target=ask, args=(int(sys.argv[1]),)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
