"""Adds up the ledgers of a year: a batch in the main thread that reads rows of CSV and adds each amount to
its account, with interest for each month, in decimals. A thread tells how far it is."""

import csv
import io
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

from lifecycle import ready, start

ROWS = 2000
MONTHS = 12
CENT = Decimal("0.01")
RATE = Decimal("1.00327")

added = {"rows": 0, "ledgers": 0}


def write_ledger() -> str:
    return "".join(f"{row},account-{row % 40},{row * 7919 % 100_003 / 100:.2f}\n" for row in range(ROWS))


def read_rows(ledger: str) -> Iterator[tuple[str, Decimal]]:
    for _, account, amount in csv.reader(io.StringIO(ledger)):
        yield account, Decimal(amount)


def add_row(totals: dict[str, Decimal], account: str, amount: Decimal) -> None:
    for month in range(MONTHS):
        amount = (amount * RATE + month).quantize(CENT, ROUND_HALF_EVEN)
        totals[account] += amount


def add_ledger(ledger: str) -> Decimal:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for account, amount in read_rows(ledger):
        add_row(totals, account, amount)
        added["rows"] += 1
    return sum(totals.values(), Decimal())


def tell() -> None:
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(0.2)
        print(added, file=sys.stderr)


def main() -> None:
    start()
    ledger = write_ledger()
    threading.Thread(target=tell, name="tell", daemon=True).start()
    while True:
        added["ledgers"] += add_ledger(ledger) > 0


if __name__ == "__main__":
    main()
