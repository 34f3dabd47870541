"""Checks the senders of mail: two threads look up the domain of each before they score the message. The name
server takes its time. Meant to run with a resolver of its own (peers/own_names.py)."""

import socket
import sys
import threading
import time

from lifecycle import ready, start, truth

WORDS = ("invoice", "winner", "meeting", "offer", "minutes", "urgent", "holiday")

checked = {"messages": 0, "score": 0}


def resolve_sender(domain: str) -> str:
    with truth.span("names"):
        rows = socket.getaddrinfo(domain, 25, socket.AF_INET, socket.SOCK_STREAM)
    return str(rows[0][4][0])


def score_message(number: int) -> int:
    text = " ".join(WORDS[(number + n * n) % len(WORDS)] for n in range(1500))
    return sum(text.count(word) for word in WORDS)


def check_mail(worker: int) -> None:
    for number in range(worker, 1_000_000_000, 2):
        resolve_sender(f"mx{number}.example.org")
        checked["score"] += score_message(number)
        checked["messages"] += 1


def main() -> None:
    start("peer")
    for worker in range(2):
        threading.Thread(target=check_mail, args=(worker,), name=f"check-{worker}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(checked, file=sys.stderr)


if __name__ == "__main__":
    main()
