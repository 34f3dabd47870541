"""Moves accounts between banks: of four workers three have long lists to move, in requests of 25 ms each, and
the fourth gets a single account now and then and waits for another. `--peer` is the other bank's port."""

import http.client
import json
import sys
import threading
import time
from collections import deque

from lifecycle import ready, start, truth

WORKERS = 4

moved = {"accounts": 0}


class Lists:
    """Lists of accounts to be moved, for whoever comes first."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.waiting: deque[range] = deque()

    def add(self, accounts: range) -> None:
        with self.changed:
            self.waiting.append(accounts)
            self.changed.notify()

    def take(self) -> range:
        with self.changed:
            while not self.waiting:
                with truth.span("idle"):
                    self.changed.wait()
            return self.waiting.popleft()


class Worker(threading.Thread):
    def __init__(self, lists: Lists, port: int) -> None:
        super().__init__(daemon=True)
        self.lists = lists
        self.bank = http.client.HTTPConnection("127.0.0.1", port)

    def run(self) -> None:
        while True:
            for account in self.lists.take():
                self.move_account(account)

    def move_account(self, account: int) -> None:
        self.bank.request("POST", "/move", json.dumps({"account": account}))
        with truth.span("network"):
            moved["ok"] = json.loads(self.bank.getresponse().read())["ok"]
        moved["accounts"] += 1


def main() -> None:
    port, lists = int(start("peer").peer), Lists()
    for _ in range(WORKERS):
        Worker(lists, port).start()
    for first in range(WORKERS - 1):
        lists.add(range(first * 1_000_000, (first + 1) * 1_000_000))
    time.sleep(0.5)
    ready()
    for account in range(1_000_000_000, 2_000_000_000):
        time.sleep(0.25)
        lists.add(range(account, account + 1))
        print(moved, file=sys.stderr)


if __name__ == "__main__":
    main()
