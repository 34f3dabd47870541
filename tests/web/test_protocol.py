"""The grammar: GET and HEAD from an honest client, nothing else."""

from http import HTTPStatus

import pytest

from perfdiag.web.protocol import Refused, is_own_host, pack, parse, plain

HOST = b"Host: 127.0.0.1:9709"


def head(*lines: bytes) -> bytes:
    return b"\r\n".join(lines)


def test_a_scrape_is_understood() -> None:
    request = parse(head(b"GET /metrics?x=1 HTTP/1.1", HOST, b"Accept: text/plain;version=0.0.4"))
    assert ("GET", "/metrics", "text/plain;version=0.0.4", True) == request


@pytest.mark.parametrize(
    ("version", "connection", "keep"),
    [(b"1.1", b"", True), (b"1.1", b"close", False), (b"1.0", b"", False), (b"1.0", b"Keep-Alive", True)],
)
def test_the_connection_stays_as_the_version_says(version: bytes, connection: bytes, keep: bool) -> None:
    assert keep == parse(head(b"GET / HTTP/" + version, HOST, b"Connection: " + connection)).keep


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ((b"POST /metrics HTTP/1.1", HOST), 405),
        ((b"DELETE / HTTP/1.1", HOST), 405),
        ((b"GET / HTTP/1.1",), 400),
        ((b"GET / HTTP/1.1", HOST, HOST), 400),
        ((b"GET / HTTP/1.1", b"Host: evil.example"), 421),
        ((b"GET / HTTP/1.1", b"Host: 127.0.0.1.evil.example:9709"), 421),
        ((b"GET / HTTP/2.0", HOST), 400),
        ((b"GET  / HTTP/1.1", HOST), 400),
        ((b"GET http://127.0.0.1/ HTTP/1.1", HOST), 400),
        ((b"GET /\x00 HTTP/1.1", HOST), 400),
        ((b"get / HTTP/1.1", HOST), 400),
        ((b"GET / HTTP/1.1", HOST, b" folded: 1"), 400),
        ((b"GET / HTTP/1.1", HOST, b"Name : 1"), 400),
        ((b"GET / HTTP/1.1", HOST, b"a: b\nc: d"), 400),
        ((b"GET / HTTP/1.1", HOST, b"Content-Length: 5"), 400),
        ((b"GET / HTTP/1.1", HOST, b"Content-Length: -1"), 400),
        ((b"GET / HTTP/1.1", HOST, b"Content-Length: 0", b"Content-Length: 0"), 400),
        ((b"GET / HTTP/1.1", HOST, b"Transfer-Encoding: chunked"), 400),
        ((b"",), 400),
        ((b"\x16\x03\x01\x02\x00",), 400),
    ],
)
def test_what_is_not_in_the_grammar_is_refused(lines: tuple[bytes, ...], status: int) -> None:
    with pytest.raises(Refused) as caught:
        parse(head(*lines))
    assert status == caught.value.status


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:9709", "[::1]:9709", "[::1]", "LOCALHOST:1", "10.1.2.3"]
)
def test_addresses_and_localhost_are_ours(host: str) -> None:
    assert is_own_host(host)


@pytest.mark.parametrize(
    "host",
    ["", ":9709", "evil.example", "localhost.evil.example", "0x7f.1", "[evil]", "::1", "127.0.0.1:999999"],
)
def test_names_that_someone_else_chose_are_not(host: str) -> None:
    assert not is_own_host(host)


def test_a_reply_to_head_has_the_length_and_no_body() -> None:
    full = pack(plain(HTTPStatus.OK, "hello"), head_only=False, keep=True)
    bare = pack(plain(HTTPStatus.OK, "hello"), head_only=True, keep=True)
    assert full == bare + b"hello"
    assert b"Content-Length: 5\r\n" in bare


def test_no_reply_allows_other_origins() -> None:
    assert b"access-control" not in pack(plain(HTTPStatus.OK), head_only=True, keep=True).lower()
