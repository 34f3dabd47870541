"""Charges donations at a provider: each of four clerks makes a new connection for each charge. `--peer` is the
provider's port on 127.0.0.1."""

import http.client
import json
import sys
import threading
import time

from lifecycle import ready, start, truth

taken = {"donations": 0}


def receipt(donor: int, number: int) -> dict[str, object]:
    words = [f"line {line} for donor {donor}: {number * line % 997}" for line in range(120)]
    return {"donor": donor, "amount": number % 90 + 10, "text": "\n".join(words)}


class Provider:
    def __init__(self, port: int) -> None:
        self.port = port

    def post(self, path: str, fields: dict[str, object]) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        try:
            connection.request("POST", path, json.dumps(fields))
            with truth.span("network"):
                answer = connection.getresponse()
            return bool(json.loads(answer.read())["ok"])
        finally:
            connection.close()


class Clerk(threading.Thread):
    def __init__(self, donor: int, provider: Provider) -> None:
        super().__init__(name=f"clerk-{donor}", daemon=True)
        self.donor, self.provider = donor, provider

    def run(self) -> None:
        for number in range(1_000_000_000):
            taken["donations"] += self.take_donation(number)

    def take_donation(self, number: int) -> bool:
        return self.provider.post("/charges", receipt(self.donor, number))


def main() -> None:
    provider = Provider(int(start("peer").peer))
    for donor in range(4):
        Clerk(donor, provider).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(taken, file=sys.stderr)


if __name__ == "__main__":
    main()
