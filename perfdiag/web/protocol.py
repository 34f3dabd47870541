"""The grammar of HTTP/1.1, as little of it as a scrape needs: GET and HEAD without a body.

Whatever is not in it is refused, not interpreted: bodies, chunked or doubled lengths, folded header lines,
and hosts that are a name of someone else's choice (DNS rebinding: a foreign page reaches a loopback port
under its own name; numeric addresses and `localhost` are never that).
"""

import ipaddress
import re
from http import HTTPStatus
from typing import NamedTuple

HEAD_LIMIT = 8192  # bytes
_REQUEST_LINE = re.compile(rb"([A-Z]{1,16}) (/[\x21-\x7e]*) HTTP/1\.([01])")
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\x20-\x7e\t\x80-\xff]*?)[ \t]*")
_HEADERS = (
    "HTTP/1.1 {status} {phrase}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n"
    "Connection: {connection}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'\r\n{more}\r\n"
)


class Request(NamedTuple):
    """A request that may be answered. `path` has no query; `keep` says whether the connection stays."""

    method: str
    path: str
    accept: str
    keep: bool


class Response(NamedTuple):
    status: HTTPStatus
    content_type: str
    body: bytes


class Refused(Exception):
    """A request that is answered by a status alone; the connection is closed."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


def parse(head: bytes) -> Request:
    """The request whose head (without the empty line) this is. Raises Refused."""
    line, *fields = head.split(b"\r\n")
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise Refused(HTTPStatus.BAD_REQUEST)
    headers: dict[str, str] = {}
    for field in fields:
        parts = _FIELD.fullmatch(field)
        if parts is None:
            raise Refused(HTTPStatus.BAD_REQUEST)
        name = parts[1].decode("ascii").lower()
        if name in headers and name in ("host", "content-length", "transfer-encoding"):
            raise Refused(HTTPStatus.BAD_REQUEST)
        headers[name] = parts[2].decode("latin-1")
    if "transfer-encoding" in headers or headers.get("content-length", "0") != "0":
        raise Refused(HTTPStatus.BAD_REQUEST)
    if not is_own_host(headers.get("host", "")):
        raise Refused(HTTPStatus.MISDIRECTED_REQUEST if "host" in headers else HTTPStatus.BAD_REQUEST)
    method = match[1].decode("ascii")
    if method not in ("GET", "HEAD"):
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED)
    connection = headers.get("connection", "").lower()
    return Request(
        method=method,
        path=match[2].decode("ascii").partition("?")[0],
        accept=headers.get("accept", ""),
        keep="close" not in connection if match[3] == b"1" else "keep-alive" in connection,
    )


def is_own_host(value: str) -> bool:
    """Whether a Host header names us as only an honest client does: by address, or as localhost."""
    host, _, port = value.rpartition(":") if re.search(r":\d*$", value) else (value, "", "")
    if len(port) > 5:
        return False
    if host.lower() == "localhost":
        return True
    try:
        if host.startswith("[") and host.endswith("]"):
            ipaddress.IPv6Address(host[1:-1])
        else:
            ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def pack(response: Response, *, head_only: bool, keep: bool) -> bytes:
    """The response as one buffer, so that it leaves in as few packets as it can."""
    more = "Allow: GET, HEAD\r\n" if response.status is HTTPStatus.METHOD_NOT_ALLOWED else ""
    head = _HEADERS.format(
        status=response.status.value,
        phrase=response.status.phrase,
        type=response.content_type,
        length=len(response.body),
        connection="keep-alive" if keep else "close",
        more=more,
    ).encode("ascii")
    return head if head_only else head + response.body


def plain(status: HTTPStatus, text: str = "") -> Response:
    body = (text or f"{status.value} {status.phrase}\n").encode()
    return Response(status, "text/plain; charset=utf-8", body)
