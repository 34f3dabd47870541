"""Invoices in foreign currency, under gunicorn: a master and three sync workers, each of which asks a bank for
the rate (25 ms) while its customer waits. `--peer` is the bank's port."""

import http.client
import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from lifecycle import ready, start

LINES = 150


def fetch_rate(port: int, currency: str) -> bool:
    bank = http.client.HTTPConnection("127.0.0.1", port)
    bank.request("POST", "/rate", json.dumps({"currency": currency}))
    answer = json.loads(bank.getresponse().read())
    bank.close()
    return bool(answer["ok"])


def render_invoice(number: int) -> str:
    return "\n".join(f"{line:4} item {number * line % 997} {line * 19 % 101:8.2f}" for line in range(LINES))


class Invoices:
    def __init__(self, bank: int) -> None:
        self.bank = bank
        self.printed = 0

    def __call__(self, environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
        body = b"fine\n"
        if environ["PATH_INFO"] != "/health":
            fetch_rate(self.bank, "SEK")
            self.printed += 1
            body = render_invoice(self.printed).encode()
        respond("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]


def tell_ready(arbiter: Arbiter) -> None:
    """Half a second later, when the workers are there."""
    port = arbiter.LISTENERS[0].sock.getsockname()[1]
    threading.Timer(0.5, ready, kwargs={"port": port}).start()


class Server(BaseApplication):
    def __init__(self, invoices: Invoices) -> None:
        self.invoices = invoices
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": "127.0.0.1:0", "workers": 3, "loglevel": "error", "when_ready": tell_ready,
            "control_socket_disable": True,  # of newer ones: no socket in the home directory
        }  # fmt: skip
        for name in settings.keys() & self.cfg.settings.keys():
            self.cfg.set(name, settings[name])

    def load(self) -> Invoices:
        return self.invoices


def main() -> None:
    bank = int(start("peer").peer)
    os.environ.pop("GUNICORN_CMD_ARGS", None)
    Server(Invoices(bank)).run()


if __name__ == "__main__":
    main()
