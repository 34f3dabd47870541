"""Tells when ferries leave, in Starlette under uvicorn: the endpoints are plain functions, which it runs in
threads, and each asks the harbour by httpx. `--peer` is the harbour's port; peers/http_players.py asks."""

import socket
import threading
import time

import httpx
import uvicorn
from lifecycle import ready, start
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

harbour = httpx.Client()


def ask_harbour(port: int, ferry: str) -> bool:
    answer = harbour.post(f"http://127.0.0.1:{port}/departures", json={"ferry": ferry})
    return bool(answer.json()["ok"])


def print_times(ferry: str) -> str:
    return "\n".join(f"{hour:2}:{(hour * 17 + len(ferry)) % 60:02}" for hour in range(5, 23))


def show_ferry(request: Request) -> PlainTextResponse:
    ferry = request.query_params.get("ferry", "north")
    leaves = ask_harbour(request.app.state.harbour, ferry)
    return PlainTextResponse(print_times(ferry) if leaves else "none\n")


def tell_ready(server: uvicorn.Server, port: int) -> None:
    while not server.started:
        time.sleep(0.05)
    ready(port=port)


def main() -> None:
    app = Starlette(routes=[Route("/", show_ferry)])
    app.state.harbour = int(start("peer").peer)
    settings = uvicorn.Config(app, log_level="error", loop="asyncio", timeout_graceful_shutdown=1)
    server = uvicorn.Server(settings)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        threading.Thread(target=tell_ready, args=(server, port), daemon=True).start()
        server.run(sockets=[listener])


if __name__ == "__main__":
    main()
