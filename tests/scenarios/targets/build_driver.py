"""Builds the units of a project, as make does: a driver that starts a process for each unit, two at a time, and
waits for them; each compiles for a fifth of a second and ends. `compile NUMBER` is one such process."""

import subprocess
import sys
import time

from lifecycle import ready, start

JOBS = 2
EXPRESSIONS = 2500


def fold_constants(words: list[str]) -> list[str]:
    folded: list[str] = []
    for word in words:
        folded.append(word)
        while len(folded) >= 3 and folded[-2] in "+*" and folded[-1].isdigit() and folded[-3].isdigit():
            right, sign, left = int(folded.pop()), folded.pop(), int(folded.pop())
            folded.append(str((left + right if sign == "+" else left * right) % 1_000_003))
    return folded


def read_unit(number: int) -> list[list[str]]:
    return [[*f"{n} + {number} * {n % 7} + x".split(), "*", *"1 + 2 * 3".split()] for n in range(EXPRESSIONS)]


def compile_unit(number: int) -> int:
    expressions = read_unit(number)
    return sum(len(fold_constants(words)) for _ in range(20) for words in expressions)


def start_compiler(number: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, __file__, "compile", str(number)])


def build() -> None:
    running: list[subprocess.Popen[bytes]] = []
    began = time.monotonic()
    for number in range(1_000_000_000):
        running.append(start_compiler(number))
        if len(running) == JOBS:
            running.pop(0).wait()
        if began and time.monotonic() - began > 0.5:
            began = 0
            ready()


def main() -> None:
    if sys.argv[1:2] == ["compile"]:
        compile_unit(int(sys.argv[2]))
    else:
        start()
        build()


if __name__ == "__main__":
    main()
