"""Filters mail with a rule that somebody wrote in haste: its nested repetition makes the regular expression try
every way to split a word. All of the time goes by inside the C code of `re`, called from one line."""

import re
import sys
import threading
import time

from lifecycle import ready, start

RULE = re.compile(r"^(\w+\s?)+!$")

filtered = {"mails": 0, "hits": 0}


def match_rule(subject: str) -> bool:
    return RULE.match(subject) is not None


def filter_mail() -> None:
    for number in range(1_000_000_000):
        subject = f"Invoice{number % 10}From{number % 7}abcdef?"
        filtered["hits"] += match_rule(subject.lower())
        filtered["mails"] += 1


def main() -> None:
    start()
    threading.Thread(target=filter_mail, name="filter", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(filtered, file=sys.stderr)


if __name__ == "__main__":
    main()
