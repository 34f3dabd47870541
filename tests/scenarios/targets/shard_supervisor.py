"""Keeps four shards of a search service running, a process for each: three have little to do, and in the fourth
six threads rebuild its index behind one lock that each keeps for 15 ms."""

import os
import sys
import threading
import time

from lifecycle import ready, start, start_child

SHARDS = 4
SICK = 2
FLUSH = 0.015  # seconds

answered = {"queries": 0, "postings": 0}


def answer_query(number: int) -> int:
    return sum(n * number % 31 for n in range(500))


def answer_queries() -> None:
    for number in range(1_000_000_000):
        time.sleep(0.2)
        answered["queries"] += answer_query(number)


class Index:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.postings: dict[str, int] = {}

    def flush_postings(self, words: list[str]) -> None:
        with self.lock:
            time.sleep(FLUSH)
            for word in words:
                self.postings[word] = self.postings.get(word, 0) + 1

    def rebuild(self, part: int) -> None:
        for number in range(1_000_000_000):
            self.flush_postings([f"word-{(number * part + n) % 9973}" for n in range(200)])


def run_shard(shard: int) -> None:
    start_child()
    if shard == SICK:
        index = Index()
        for part in range(6):
            threading.Thread(target=index.rebuild, args=(part,), name=f"rebuild-{part}", daemon=True).start()
    answer_queries()


def start_shard(shard: int) -> int:
    pid = os.fork()
    if pid == 0:
        run_shard(shard)
        os._exit(0)
    return pid


def main() -> None:
    start()
    shards = {start_shard(shard): shard for shard in range(SHARDS)}
    time.sleep(0.5)
    ready()
    while True:
        ended, status = os.wait()
        print("shard", shards[ended], "ended with", status, file=sys.stderr)
        shard = shards.pop(ended)
        shards[start_shard(shard)] = shard


if __name__ == "__main__":
    main()
