"""An event loop with twenty tasks, one of which computes for a tenth of a second at a time."""

import asyncio
import signal


def compile_report(pages: int) -> int:
    return sum(len(f"page {page} of {pages}") * page % 17 for page in range(pages))


async def write_reports() -> None:
    while True:
        compile_report(400_000)
        await asyncio.sleep(0.02)


async def greet(number: int) -> None:
    while True:
        await asyncio.sleep(0.01 + number / 1000)


async def serve() -> None:
    await asyncio.gather(write_reports(), *(greet(number) for number in range(20)))


def main() -> None:
    signal.alarm(60)
    asyncio.run(serve())


if __name__ == "__main__":
    main()
