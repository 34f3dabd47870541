"""Takes uploads of measurements under uvicorn, in a Starlette application: the endpoint parses each CSV
itself, in the event loop, and the requests for the newest value wait meanwhile. Clients
(peers/upload_clients.py) drive it."""

import asyncio
import csv
import io
import socket
import statistics
import threading
import time

import uvicorn
from lifecycle import ready, start
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

newest = {"station": "", "mean": 0.0}


def parse_upload(text: str) -> dict[str, float]:
    values: dict[str, list[float]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        values.setdefault(row["station"], []).append(float(row["value"]))
    return {station: statistics.fmean(found) for station, found in values.items()}


async def upload(request: Request) -> PlainTextResponse:
    means = parse_upload((await request.body()).decode())
    newest["station"], newest["mean"] = max(means.items(), key=lambda item: item[1])
    return PlainTextResponse(f"{len(means)} stations\n")


async def show(request: Request) -> PlainTextResponse:
    await asyncio.sleep(0.005)
    return PlainTextResponse(f"{newest['station']} {newest['mean']:.1f}\n")


def tell_ready(server: uvicorn.Server, port: int) -> None:
    while not server.started:
        time.sleep(0.05)
    ready(port=port)


def main() -> None:
    start()
    routes = [Route("/upload", upload, methods=["POST"]), Route("/", show)]
    settings = uvicorn.Config(
        Starlette(routes=routes), log_level="error", loop="asyncio", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(settings)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        threading.Thread(target=tell_ready, args=(server, port), daemon=True).start()
        server.run(sockets=[listener])


if __name__ == "__main__":
    main()
