"""Checks the codes of doors over asyncio. Each code is stretched with scrypt (60 ms) inside the coroutine, where
nothing else can run meanwhile: not the other doors, not the status page."""

import asyncio
import hashlib

from lifecycle import ready, start, truth

COST = 1 << 14

doors = {"opened": 0, "refused": 0, "status": 0}


def stretch_code(code: bytes) -> bytes:
    return hashlib.scrypt(code, salt=b"door", n=COST, r=8, p=1, maxmem=64 << 20)


async def check_code(line: bytes) -> bytes:
    with truth.span("blocked"):
        key = stretch_code(line.strip())
    verdict = "opened" if key[0] % 2 else "refused"
    doors[verdict] += 1
    return verdict.encode() + b"\n"


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(await check_code(line))
        await writer.drain()


async def report_status() -> None:
    while True:
        await asyncio.sleep(0.2)
        doors["status"] += 1


async def guard() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    ready(port=server.sockets[0].getsockname()[1])
    await asyncio.gather(server.serve_forever(), report_status())


def main() -> None:
    start()
    asyncio.run(guard())


if __name__ == "__main__":
    main()
