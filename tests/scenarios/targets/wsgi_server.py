"""gunicorn around an application, for the targets that are served by it: one that ends at once, tells when it
is ready, and keeps its settings to itself."""

import os
import threading
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from lifecycle import ready


def _tell_ready(arbiter: Arbiter) -> None:
    """Half a second later, when the workers are there."""
    port = arbiter.LISTENERS[0].sock.getsockname()[1]
    threading.Timer(0.5, ready, kwargs={"port": port}).start()


class _Server(BaseApplication):
    def __init__(self, application: Any, settings: dict[str, object]) -> None:
        self.application, self.settings = application, settings
        super().__init__()

    def load_config(self) -> None:
        usual = {
            "bind": "127.0.0.1:0", "loglevel": "error", "when_ready": _tell_ready, "graceful_timeout": 1,
            "control_socket_disable": True,  # of newer ones: no socket in the home directory
        }  # fmt: skip
        for name, value in {**usual, **self.settings}.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return self.application


def serve(application: Any, **settings: object) -> None:
    """Serves a WSGI application until the end; `settings` are gunicorn's."""
    os.environ.pop("GUNICORN_CMD_ARGS", None)
    _Server(application, settings).run()
