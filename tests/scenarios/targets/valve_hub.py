"""Steers the valves of a plant over asyncio, a line for each command. After each it waits with time.sleep for the
valve to settle (25 ms), and with it wait all the other connections and the heartbeat."""

import asyncio
import time

from lifecycle import ready, start, truth

SETTLING = 0.025  # seconds

hub = {"commands": 0, "beats": 0, "late": 0.0}


def check_command(line: bytes) -> int:
    return sum(line[n % len(line)] * n for n in range(2000))


async def move_valve(line: bytes) -> bytes:
    position = check_command(line) % 90
    with truth.span("blocked"):
        time.sleep(SETTLING)
    return b"at %d\n" % position


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(await move_valve(line))
        await writer.drain()
        hub["commands"] += 1


async def beat() -> None:
    while True:
        due = asyncio.get_running_loop().time() + 0.1
        await asyncio.sleep(0.1)
        hub["late"] = asyncio.get_running_loop().time() - due
        hub["beats"] += 1


async def run_hub() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    ready(port=server.sockets[0].getsockname()[1])
    await asyncio.gather(server.serve_forever(), beat())


def main() -> None:
    start()
    asyncio.run(run_hub())


if __name__ == "__main__":
    main()
