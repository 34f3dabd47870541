"""Relays the readings of beacons to a collector that is not there: nobody listens at its port. Two carriers try
each batch of readings thirty times, always 40 ms apart, before they drop it."""

import http.client
import json
import socket
import sys
import threading
import time

from lifecycle import ready, start, truth

TRIES = 30
PAUSE = 0.04  # seconds, always the same

counts = {"sent": 0, "dropped": 0}


class Carrier:
    def __init__(self, number: int, port: int) -> None:
        self.number, self.port = number, port
        self.batches = 0

    def collect_batch(self) -> str:
        self.batches += 1
        readings = [{"beacon": n, "level": (self.batches * n + self.number) % 113} for n in range(300)]
        return json.dumps(readings)

    def offer(self, body: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("POST", "/readings", body)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def rest(self) -> None:
        with truth.span("sleep"):
            time.sleep(PAUSE)

    def hand_over(self, body: str) -> bool:
        for _ in range(TRIES):
            if self.offer(body):
                return True
            self.rest()
        return False

    def carry(self) -> None:
        while True:
            counts["sent" if self.hand_over(self.collect_batch()) else "dropped"] += 1


def main() -> None:
    start()
    closed = socket.socket()  # holds the port, and does not listen
    closed.bind(("127.0.0.1", 0))
    for number in range(2):
        carrier = Carrier(number, closed.getsockname()[1])
        threading.Thread(target=carrier.carry, name=f"carrier-{number}", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(counts, file=sys.stderr)


if __name__ == "__main__":
    main()
