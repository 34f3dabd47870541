"""Redis's view of what it does: time by command since its start, clients, and its slow log.

Four requests of the protocol of Redis (RESP 2, https://redis.io/docs/latest/develop/reference/protocol-spec/)
need no client library. Raises OSError for a server that cannot be reached or does not answer, ValueError for
one that answers something else.
"""

import socket
import ssl
from typing import Any
from urllib.parse import unquote, urlsplit

TIMEOUT = 1.0  # seconds, for the connection and for each part of an answer
_LONGEST = 1 << 20  # bytes of an answer
_MOST = 64  # commands, the dearest first


def look(secret: str) -> dict[str, Any]:
    """{"commands": {name: [calls, seconds]}, "clients": N, "blocked": N, "slow": N}."""
    parts = urlsplit(secret)
    with _connected(secret) as connection, connection.makefile("rb") as answers:

        def ask(*words: str) -> bytes:
            sent = b"".join(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words)
            connection.sendall(b"*%d\r\n%s" % (len(words), sent))
            line = answers.readline(_LONGEST)
            if line[:1] == b"$" and line[1:].strip().isdigit():
                return answers.read(min(_LONGEST, int(line[1:])) + 2)
            if line[:1] in (b"+", b":"):
                return line[1:]
            raise ValueError("an answer that is none of what was asked")

        if parts.password:
            name = [unquote(parts.username)] if parts.username else []
            ask("AUTH", *name, unquote(parts.password))
        commands, clients = ask("INFO", "commandstats"), ask("INFO", "clients")
        slow = int(ask("SLOWLOG", "LEN"))
    told = _fields(clients)
    return {
        "commands": _commands(_fields(commands)),
        "clients": int(told.get("connected_clients", "0")),
        "blocked": int(told.get("blocked_clients", "0")),
        "slow": slow,
    }


def _connected(secret: str) -> socket.socket:
    parts = urlsplit(secret)
    if parts.scheme == "unix":
        plain = socket.socket(socket.AF_UNIX)
        plain.settimeout(TIMEOUT)
        plain.connect(parts.path)
        return plain
    host = parts.hostname or "127.0.0.1"
    plain = socket.create_connection((host, parts.port or 6379), timeout=TIMEOUT)
    if parts.scheme == "rediss":
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    return plain


def _fields(answer: bytes) -> dict[str, str]:
    """The lines 'name:value' of INFO."""
    rows = (line.partition(":") for line in answer.decode("utf-8", "replace").splitlines())
    return {name: value.strip() for name, colon, value in rows if colon}


def _commands(fields: dict[str, str]) -> dict[str, list[float]]:
    """From 'cmdstat_get:calls=21,usec=175,usec_per_call=8.33'."""
    found: dict[str, list[float]] = {}
    for name, value in fields.items():
        if name.startswith("cmdstat_"):
            numbers = dict(part.partition("=")[::2] for part in value.split(","))
            calls, spent = float(numbers.get("calls", "0")), float(numbers.get("usec", "0"))
            found[name.removeprefix("cmdstat_")] = [calls, spent / 1e6]
    return dict(sorted(found.items(), key=lambda one: -one[1][1])[:_MOST])
