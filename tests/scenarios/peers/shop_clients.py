"""Eight customers who buy from checkout_service, one order after the other: `python shop_clients.py PORT`."""

import ctypes
import http.client
import random
import signal
import sys
import threading
import time

CUSTOMERS = 8


def buy(port: int, number: int) -> None:
    chance = random.Random(number)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while True:
        connection.request("GET", f"/buy/item-{chance.randrange(500)}")
        connection.getresponse().read()
        time.sleep(chance.random() * 0.01)


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    for number in range(CUSTOMERS):
        threading.Thread(target=buy, args=(int(sys.argv[1]), number)).start()


if __name__ == "__main__":
    main()
