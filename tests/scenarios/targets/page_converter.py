"""Converts pages of text by a program that runs all the time: each of three workers writes a page to its
converter's standard input and reads the answer from its standard output. `convert` is such a converter."""

import random
import subprocess
import sys
import threading
import time

from lifecycle import ready, start, truth

WORDS = 900

shelf = {"pages": 0, "letters": 0}


def hyphenate(word: str) -> str:
    parts = [word[at : at + 3] for at in range(0, len(word), 3)]
    best = min(range(400), key=lambda turn: sum((len(part) * turn) % 17 for part in parts))
    return "-".join(parts) + str(best % 7)


def convert_all() -> None:
    for line in sys.stdin:
        sys.stdout.write(" ".join(hyphenate(word) for word in line.split()[:40]) + "\n")
        sys.stdout.flush()


def compose_page(chance: random.Random) -> str:
    return " ".join(f"{chance.randrange(1 << 40):x}" for _ in range(WORDS))


def ask_converter(converter: "subprocess.Popen[str]", page: str) -> str:
    assert converter.stdin
    assert converter.stdout
    converter.stdin.write(page + "\n")
    converter.stdin.flush()
    with truth.span("child"):
        return converter.stdout.readline()


def work_through(number: int) -> None:
    command = [sys.executable, __file__, "convert"]
    converter = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    chance = random.Random(number)
    while True:
        shelf["letters"] += len(ask_converter(converter, compose_page(chance)))
        shelf["pages"] += 1


def main() -> None:
    start()
    for number in range(3):
        threading.Thread(target=work_through, args=(number,), name=f"worker-{number}", daemon=True).start()
    time.sleep(0.7)
    ready()
    while True:
        time.sleep(1)
        print(shelf, file=sys.stderr)


if __name__ == "__main__":
    convert_all() if sys.argv[1:] == ["convert"] else main()
