"""--listen: numeric addresses, loopback unless it is asked for."""

import pytest

from perfdiag.daemon.settings import parse_listen
from perfdiag.errors import UsageError


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("127.0.0.1:9709", ("127.0.0.1", 9709)),
        ("[::1]:0", ("::1", 0)),
        ("127.8.8.8:65535", ("127.8.8.8", 65535)),
    ],
)
def test_loopback_addresses_are_taken(text: str, parsed: tuple[str, int]) -> None:
    assert parsed == parse_listen(text, insecure=False)


@pytest.mark.parametrize(
    "text",
    ["", "9709", ":9709", "localhost:9709", "::1:9709", "127.0.0.1", "127.0.0.1:",
     "127.0.0.1:65536", "127.0.0.1:-1",
     "127.0.0.1:٣", "1.2.3:80", "[::1:80", "127.0.0.1:80:80"],
)  # fmt: skip
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="bad --listen"):
        parse_listen(text, insecure=True)


@pytest.mark.parametrize("text", ["0.0.0.0:9709", "[::]:9709", "10.0.0.1:9709"])
def test_an_address_that_others_can_reach_needs_a_word(text: str) -> None:
    with pytest.raises(UsageError, match="refusing to listen"):
        parse_listen(text, insecure=False)
    assert 9709 == parse_listen(text, insecure=True)[1]
