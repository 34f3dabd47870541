"""Answers short questions about tickets in four threads while a fifth writes its archive of all tickets as
JSON, again and again. Each text is made in one call, which keeps the interpreter to itself; everybody else
waits."""

import json
import sys
import threading
import time

from lifecycle import ready, start, truth

TICKETS = [{"number": n, "title": f"ticket {n * 7919 % 100_003}", "open": n % 3 == 0} for n in range(40_000)]

desk = {"archives": 0, "letters": 0, "answers": 0}


def write_archive(tickets: list[dict[str, object]]) -> int:
    return len(json.dumps(tickets))


def keep_archive() -> None:
    meter = truth.meter()
    while True:
        desk["letters"] = write_archive(TICKETS)
        desk["archives"] += 1
        meter.mark()


def find_ticket(number: int) -> int:
    return sum(ticket["open"] is True for ticket in TICKETS[number : number + 4000])


def answer_questions(seat: int) -> None:
    meter = truth.meter()
    for number in range(seat, 1_000_000_000, 4):
        desk["answers"] += find_ticket(number % 30_000) > 0
        meter.mark()


def main() -> None:
    start()
    threading.Thread(target=keep_archive, name="archive", daemon=True).start()
    for seat in range(4):
        threading.Thread(target=answer_questions, args=(seat,), name=f"seat-{seat}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(desk, file=sys.stderr)


if __name__ == "__main__":
    main()
