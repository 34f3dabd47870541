"""Where a connection string may come from; none of its parts may be told."""

import os

import pytest

from perfdiag.errors import UsageError
from perfdiag.inspection.source import source_of

SECRET = "hunter2hunter2"
REDIS = f"redis://shop:{SECRET}@127.0.0.1:6380/0"
STRINGS = [
    (f"postgresql://shop:{SECRET}@db.example.org/shop", ("postgresql", 5432)),
    (f"postgres://shop:{SECRET}@db.example.org:6543/shop", ("postgresql", 6543)),
    (f"host=127.0.0.1 port=6544 password={SECRET}", ("postgresql", 6544)),
    (f"dbname=shop password={SECRET}", ("postgresql", 5432)),
    (REDIS, ("redis", 6380)),
    (f"rediss://:{SECRET}@cache.example.org", ("redis", 6379)),
]


@pytest.fixture
def kept(tmp_path):
    """Writes a file that only its owner may read."""

    def keep(text, mode=0o600):
        path = tmp_path / "connection"
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    return keep


def refusal(option, environment=None):
    """All words of the refusal."""
    with pytest.raises(UsageError) as caught:
        source_of(option, environment or {})
    error = caught.value
    words = " ".join((error.what, error.cause, error.fix))
    assert SECRET not in words
    return words


@pytest.mark.parametrize(("text", "expected"), STRINGS)
def test_a_file_and_a_variable_hold_a_connection_string(kept, text, expected):
    for found in (source_of(kept(f"{text}\n"), {}), source_of("env:DSN", {"DSN": text})):
        assert (*expected, text) == (found.service, found.port, found.secret)


@pytest.mark.parametrize("text", [*(text for text, _ in STRINGS), f"shop:{SECRET}@db.example.org/shop"])
def test_a_connection_string_in_the_argument_is_refused(text):
    assert "got a connection string" in refusal(text)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o602])
def test_a_file_that_others_may_read_or_change_is_refused(kept, mode):
    assert "chmod 600" in refusal(kept(REDIS, mode))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused(kept):
    path = kept(REDIS)
    os.chown(path, 65534, 65534)
    assert "others than you" in refusal(path)


@pytest.mark.parametrize("text", ["", "\n", SECRET, f"{REDIS}\n{REDIS}", f"mysql://x:{SECRET}@h/", "\0"])
def test_what_is_no_connection_string_is_refused(kept, text):
    assert "one connection string" in refusal(kept(text))
    assert "one connection string" in refusal("env:DSN", {"DSN": text})


def test_a_file_that_is_not_utf_8_is_refused(kept):
    path = kept(REDIS)
    with open(path, "ab") as file:
        file.write(b"\xff")
    assert "one connection string" in refusal(path)


@pytest.mark.parametrize("path", ["/no/such/file", "/", "/proc/self/mem", "a\0b", "x" * 300])
def test_what_cannot_be_read_is_refused(path):
    assert "--inspect-from cannot take" in refusal(path)


def test_a_port_that_is_none_is_refused(kept):
    assert "one connection string" in refusal(kept(f"redis://:{SECRET}@127.0.0.1:99999999/"))


def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refusal(str(tmp_path / "pipe"))
    assert "not a regular file" in refusal(str(tmp_path))
    assert "No such file" in refusal(str(tmp_path / "none"))
    assert "not a path" in refusal("a\0b")


def test_a_variable_that_is_not_set_is_refused():
    assert "the variable DSN" in refusal("env:DSN")


def test_the_secret_is_not_shown_with_the_record(kept):
    assert SECRET not in repr(source_of(kept(REDIS), {}))
