"""Prints the lists of choirs from Redis, one key after the other, where one question could ask for all; Redis
is two milliseconds away. `--peer` is the port of what stands for the distance."""

import sys
import threading
import time

import redis
from lifecycle import ready, start, truth

SINGERS = 200

printed = {"lists": 0, "letters": 0}


def read_singer(cache: redis.Redis, number: int) -> str:
    with truth.span("network"):
        return str(cache.get(f"singer:{number}"))


def print_list(cache: redis.Redis, choir: int) -> str:
    names = sorted(read_singer(cache, number) for number in range(choir % 10, SINGERS))
    return "\n".join(f"{place:3} {name.title()}" for place, name in enumerate(names, 1))


def print_lists(cache: redis.Redis) -> None:
    for choir in range(1_000_000_000):
        printed["letters"] += len(print_list(cache, choir))
        printed["lists"] += 1


def main() -> None:
    cache = redis.Redis(port=int(start("redis", "peer").peer), decode_responses=True)
    cache.mset({f"singer:{number}": f"singer {number * 7919 % 977}" for number in range(SINGERS)})
    threading.Thread(target=print_lists, args=(cache,), name="lists", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(printed, file=sys.stderr)


if __name__ == "__main__":
    main()
