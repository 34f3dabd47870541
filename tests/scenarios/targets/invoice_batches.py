"""Closes each batch of invoices with a full collection, "so that memory stays small", above a ledger of two
hundred thousand entries that each collection walks through."""

import gc
import sys
import threading
import time

from lifecycle import ready, start, truth

BATCH = 400

ledger = [{"number": number, "lines": [number]} for number in range(200_000)]
closed = {"batches": 0}


def total_of(batch: list[dict[str, int]]) -> int:
    return sum(invoice["amount"] for invoice in batch)


def close_batch(batch: list[dict[str, int]]) -> int:
    amount = total_of(batch)
    batch.clear()
    with truth.span("gc"):
        gc.collect()
    return amount


def post_invoices() -> None:
    while True:
        close_batch([{"number": number, "amount": number % 97} for number in range(BATCH)])
        closed["batches"] += 1


def main() -> None:
    start()
    threading.Thread(target=post_invoices, name="invoices", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(closed["batches"], "batches", len(ledger), "entries", file=sys.stderr)


if __name__ == "__main__":
    main()
