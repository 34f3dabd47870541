"""Counts words of texts in memory with six threads of pure Python, which take turns at the GIL; beside them
a metrics thread. Built on a Thread subclass."""

from __future__ import annotations

import sys
import threading
import time

from lifecycle import ready, start, truth

TEXT = " ".join(f"word{n % 211} and{n % 17} the{n % 5}" for n in range(4000))


def count_words(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


class Counter(threading.Thread):
    def __init__(self, number: int) -> None:
        super().__init__(name=f"counter-{number}", daemon=True)
        self.texts = 0
        self.largest = 0

    def run(self) -> None:
        meter = truth.meter()
        while True:
            counts = count_words(TEXT)
            self.merge(counts)
            meter.mark()

    def merge(self, counts: dict[str, int]) -> None:
        self.texts += 1
        self.largest = max(self.largest, max(counts.values()))


def main() -> None:
    start()
    counters = [Counter(number) for number in range(6)]
    for counter in counters:
        counter.start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(sum(counter.texts for counter in counters), "texts", file=sys.stderr)


if __name__ == "__main__":
    main()
