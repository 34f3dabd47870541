"""The log: one run id on every line, and no untrusted byte that a terminal would obey."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from perfdiag.log import configure


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    logger = logging.getLogger("perfdiag")
    before = (logger.handlers[:], logger.level, logger.propagate)
    yield
    logger.handlers[:], level, logger.propagate = before
    logger.setLevel(level)


def lines(style: str) -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    configure(style, "run7", stream)
    return logging.getLogger("perfdiag.test"), stream


def test_a_json_line_carries_run_level_and_logger() -> None:
    logger, stream = lines("json")
    logger.warning("%d ticks", 3)
    line = json.loads(stream.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert {"level": "warning", "logger": "perfdiag.test", "run": "run7", "message": "3 ticks"} == line


@pytest.mark.parametrize("style", ["text", "json"])
def test_hostile_text_stays_one_visible_line(style: str) -> None:
    logger, stream = lines(style)
    logger.info("%s", "a\x1b[2J\nERROR forged\udcff")
    text = stream.getvalue()
    assert 1 == text.count("\n")
    assert "\x1b" not in text
    assert r"\x0aERROR forged\xff".replace("\\", "\\\\" if style == "json" else "\\") in text


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_traceback_is_kept(style: str) -> None:
    logger, stream = lines(style)
    try:
        raise ValueError("broken")
    except ValueError:
        logger.exception("failed")
    assert "ValueError: broken" in stream.getvalue()


def test_a_second_configuration_replaces_the_first() -> None:
    _, first = lines("text")
    logger, second = lines("text")
    logger.info("once")
    assert ("", 1) == (first.getvalue(), second.getvalue().count("once"))
