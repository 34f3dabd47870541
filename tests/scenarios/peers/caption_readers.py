"""Ten readers who ask for one caption after the other, each over a connection that it keeps:
`python caption_readers.py PORT`."""

import ctypes
import http.client
import signal
import sys
import threading

READERS = 10


def read_captions(port: int, number: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while True:
        connection.request("GET", f"/picture/{number}")
        connection.getresponse().read()


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    for number in range(READERS):
        threading.Thread(target=read_captions, args=(int(sys.argv[1]), number)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
