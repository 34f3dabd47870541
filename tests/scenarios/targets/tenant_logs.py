"""Keeps a log for each tenant that it serves, and none is ever closed: six new tenants a second, who mostly
come only once, under a limit of 8192 descriptors that is reached within twenty minutes."""

import logging
import resource
import sys
import threading
import time
from pathlib import Path

from lifecycle import ready, start

LIMIT = 8192
RATE = 6  # new tenants a second
VISITS = 5  # of each

served = {"tenants": 0, "visits": 0}


class Tenants:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.logs: dict[int, logging.FileHandler] = {}

    def log_of(self, tenant: int) -> logging.FileHandler:
        if tenant not in self.logs:
            self.logs[tenant] = logging.FileHandler(self.directory / f"tenant-{tenant}.log")
            served["tenants"] += 1
        return self.logs[tenant]

    def visit(self, tenant: int, page: int) -> None:
        words = f"tenant {tenant} reads page {page}"
        record = logging.LogRecord("visits", logging.INFO, __file__, 0, words, None, None)
        self.log_of(tenant).handle(record)
        served["visits"] += 1


def serve(tenants: Tenants) -> None:
    due = time.monotonic()
    for tenant in range(1_000_000_000):
        for page in range(VISITS):
            tenants.visit(tenant, page)
            due += 1 / RATE / VISITS
            time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    tenants = Tenants(Path(start("directory").directory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
    threading.Thread(target=serve, args=(tenants,), name="serve", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(served, file=sys.stderr)


if __name__ == "__main__":
    main()
