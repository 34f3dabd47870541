"""Books seats over asyncio, and asks the airline for each with a client that blocks (25 ms): the whole loop waits
for the answer, with all other customers. `--peer` is the airline's port."""

import asyncio
import http.client
import json

from lifecycle import ready, start, truth

gateway = {"booked": 0, "beats": 0}


class Gateway:
    def __init__(self, port: int) -> None:
        self.airline = http.client.HTTPConnection("127.0.0.1", port)

    def ask_airline(self, seat: str) -> bool:
        self.airline.request("POST", "/book", json.dumps({"seat": seat}))
        with truth.span("blocked"):
            answer = self.airline.getresponse().read()
        return bool(json.loads(answer)["ok"])

    async def book_seat(self, line: bytes) -> bytes:
        seat = f"{sum(line) % 40}{'ABCDEF'[len(line) % 6]}"
        gateway["booked"] += self.ask_airline(seat)
        return seat.encode() + b"\n"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(await self.book_seat(line))
            await writer.drain()


async def beat() -> None:
    while True:
        await asyncio.sleep(0.1)
        gateway["beats"] += 1


async def run_gateway(port: int) -> None:
    server = await asyncio.start_server(Gateway(port).serve, "127.0.0.1", 0)
    ready(port=server.sockets[0].getsockname()[1])
    await asyncio.gather(server.serve_forever(), beat())


def main() -> None:
    asyncio.run(run_gateway(int(start("peer").peer)))


if __name__ == "__main__":
    main()
