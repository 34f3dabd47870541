"""Remembers who searched for which word and when, in small tuples under each word, and forgets nothing: some
1.5 MB a second, in a cgroup of 300 MB. Searching itself takes little."""

import random
import sys
import threading
import time
from collections import defaultdict

from lifecycle import ready, start

SEARCHES = 50  # a second
WORDS = 150  # of a search, with all their spellings

searches = {"seen": 0, "words": 0}


class SearchLog:
    def __init__(self) -> None:
        self.visits: defaultdict[str, list[tuple[int, float, str]]] = defaultdict(list)

    def remember_search(self, visitor: int, words: list[str]) -> None:
        for place, word in enumerate(words):
            self.visits[word].append((visitor * 1000 + place, time.time(), f"{visitor}/{word}"))


def spell(chance: random.Random) -> list[str]:
    return [f"word-{chance.randrange(5000)}" for _ in range(WORDS)]


def find_pages(words: list[str]) -> int:
    return sum(hash(word) % 11 for word in words)


def answer_searches(log: SearchLog) -> None:
    chance, due = random.Random(11), time.monotonic()
    for visitor in range(1_000_000_000):
        words = spell(chance)
        log.remember_search(visitor, words)
        searches["words"] += find_pages(words)
        searches["seen"] += 1
        due += 1 / SEARCHES
        time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    start()
    threading.Thread(target=answer_searches, args=(SearchLog(),), name="searches", daemon=True).start()
    time.sleep(1)
    ready()
    while True:
        time.sleep(1)
        print(searches, file=sys.stderr)


if __name__ == "__main__":
    main()
