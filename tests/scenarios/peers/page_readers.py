"""Four readers of one page over lasting connections, compressed as they ask: `python page_readers.py PORT`;
ends with its parent."""

import ctypes
import http.client
import signal
import sys
import threading

READERS = 4


def read_page(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while True:
        connection.request("GET", "/page.txt", headers={"Accept-Encoding": "gzip"})
        connection.getresponse().read()


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    for _ in range(READERS):
        threading.Thread(target=read_page, args=(int(sys.argv[1]),)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
