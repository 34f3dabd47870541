"""Generators, comprehensions, C calls back into Python, and coroutines."""

import asyncio
import threading
import time


def counting(limit):
    for number in range(limit):
        yield number + 1


def delegating(limit):
    yield from counting(limit)


def double(number):
    return 2 * number


def consume():
    while True:
        list(map(double, delegating(50)))
        sorted(range(20), key=lambda number: -number)
        [sum(counting(number)) for number in range(20)]


async def work():
    for _ in range(100):
        [number async for number in stream()]
    await asyncio.sleep(0)


async def stream():
    for number in counting(20):
        yield number


async def serve():
    print("ready", flush=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        await asyncio.gather(work(), work())


threading.Thread(target=consume, daemon=True).start()
asyncio.run(serve())
