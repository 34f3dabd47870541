"""Tasks that never rest: they await each other's coroutines at different depths and are born and end.

Each await stands on a line of its own, so the line of a coroutine says which one it awaits.
"""

import asyncio
import os
import threading


async def leaf():
    await asyncio.sleep(0)


async def other():
    await leaf()


async def middle(depth):
    if depth:
        await middle(depth - 1)
    else:
        await other()


async def stream():
    await leaf()
    yield 1


async def consume():
    async for _ in stream():
        await leaf()


async def work():
    while True:
        await middle(5)
        await consume()
        await leaf()


async def short():
    await middle(2)


async def main():
    tasks = [asyncio.create_task(work()) for _ in range(20)]
    print("ready", flush=True)
    while tasks:
        child = asyncio.create_task(short())
        await child


threading.Timer(60, os._exit, (0,)).start()
asyncio.run(main())
