"""Looks up where feeds are published, forty at a time, in asyncio: the loop hands each name to a thread of
its executor, and all of those wait for the name server (peers/own_names.py gives it one that is slow)."""

import asyncio
import concurrent.futures
import socket
import time

from lifecycle import ready, start

AT_ONCE = 40
THREADS = 4

crawled = {"feeds": 0, "addresses": 0}


async def locate_feed(number: int) -> None:
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(f"feed{number}.example.org", 443, family=socket.AF_INET)
    crawled["addresses"] += len(rows)
    crawled["feeds"] += 1


async def locate_in_turn(first: int) -> None:
    for number in range(first, 1_000_000_000, AT_ONCE):
        await locate_feed(number)


async def crawl() -> None:
    executor = concurrent.futures.ThreadPoolExecutor(THREADS, thread_name_prefix="names")
    asyncio.get_running_loop().set_default_executor(executor)
    tasks = [asyncio.create_task(locate_in_turn(number)) for number in range(AT_ONCE)]
    await asyncio.sleep(0.7)
    ready()
    await asyncio.gather(*tasks)


def main() -> None:
    start("peer")
    time.sleep(0.1)
    asyncio.run(crawl())


if __name__ == "__main__":
    main()
