"""The process that asks: it can be ended at any time, whatever the server does.

It gets the connection string through a pipe, and writes one line of JSON: {"found": ...} or {"error": ...}.
Of an error only its kind is told: its words may hold a part of the string.
"""

import json
import os
import sys
from types import TracebackType

from perfdiag.host.parent import die_with_parent, keep_to_itself
from perfdiag.inspection import postgresql, redis_server

_LOOKS = {"postgresql": postgresql.look, "redis": redis_server.look}


def main(service: str, parent: int, source: int, out: int) -> None:
    """Entry of the child; descriptors are numbers."""
    die_with_parent(parent)
    keep_to_itself()

    def failed(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        words = kind.__name__
        if isinstance(error, ImportError):
            words = f"the package {error.name} is not installed"
        _write(out, {"error": words})

    sys.excepthook = failed  # nor does a traceback reach anybody: it could show the string
    with open(source, encoding="utf-8") as file:
        secret = file.read()
    _write(out, {"found": _LOOKS[service](secret)})


def _write(out: int, answer: object) -> None:
    os.write(out, json.dumps(answer).encode())
