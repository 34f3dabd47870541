"""Answers questions about visas at six desks. The rates of the day are asked of another service under one
lock when they are too old, and all desks wait for the one that asks."""

import http.client
import sys
import threading
import time

from lifecycle import ready, start, truth

DESKS = 6
FRESH = 0.01  # seconds

answered = {"questions": 0}


class Rates:
    """The rates of the day, fetched by whoever finds them too old."""

    def __init__(self, port: int) -> None:
        self.lock = threading.Lock()
        self.service = http.client.HTTPConnection("127.0.0.1", port)
        self.rates: dict[str, float] = {}
        self.fetched = 0.0

    def current(self) -> "dict[str, float]":
        with truth.span("lock"):
            self.lock.acquire()
        try:
            if time.monotonic() - self.fetched > FRESH:
                self.fetch()
            return self.rates
        finally:
            self.lock.release()

    def fetch(self) -> None:
        with truth.span("network"):
            self.service.request("POST", "/rates", body=b"all")
            self.service.getresponse().read()
        self.rates = {f"country {number}": number / 7 for number in range(50)}
        self.fetched = time.monotonic()


def serve_desk(number: int, rates: Rates) -> None:
    while True:
        fee = sum(rates.current().values()) * number
        write_answer(fee)
        answered["questions"] += 1


def write_answer(fee: float) -> str:
    return "".join(f"{fee + line:.2f}\n" for line in range(2000))


def main() -> None:
    options = start("peer")
    rates = Rates(int(options.peer))
    for number in range(DESKS):
        threading.Thread(target=serve_desk, args=(number, rates), name=f"desk-{number}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(answered, file=sys.stderr)


if __name__ == "__main__":
    main()
