"""Ten customers of counter_clerk, each of whom keeps a connection for six stamps and thinks for 40 ms before
each: `python stamp_customers.py PORT`; ends with its parent."""

import contextlib
import ctypes
import http.client
import signal
import sys
import threading
import time

CUSTOMERS = 10
STAMPS = 6
THOUGHT = 0.04


def buy(port: int) -> None:
    counter = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(counter):
        counter.connect()
        for _ in range(STAMPS):
            time.sleep(THOUGHT)
            counter.request("GET", "/stamp")
            counter.getresponse().read()


def come_again(port: int) -> None:
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            buy(port)


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    for _ in range(CUSTOMERS):
        threading.Thread(target=come_again, args=(int(sys.argv[1]),)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
