"""Strict, bounded reading of JSON that comes from elsewhere.

A baseline or a benchmark file is hostile input: its size is bounded, NaN and infinity are refused (also
1e999), nesting ends where the parser's own limit is, and every field is fetched by name and type. What is
wrong is a `BadField` with its line or its path in the document ("sessions[3].metrics[7].unit").
"""

import errno
import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from perfdiag.errors import UsageError
from perfdiag.text import printable

MOST_TEXT = 1024


class BadField(ValueError):
    """Says where in the document, and what is wrong there."""


def read_bounded(path: Path, limit: int, *, follow: bool) -> bytes:
    """Content of a regular file of at most `limit` bytes; `follow`: or of what a symbolic link leads to.

    Raises UsageError for everything that is not that; FileNotFoundError passes.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        link = isinstance(error, OSError) and error.errno == errno.ELOOP
        why = "it is a symbolic link" if link else getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot read {shown(path)}", cause=why, fix="give a readable file") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise UsageError(f"cannot read {shown(path)}", cause="it is not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(limit + 1) if status.st_size <= limit else b""
    if status.st_size > limit or len(content) > limit:  # it may have grown
        raise UsageError(f"cannot read {shown(path)}", cause=f"it is larger than {limit >> 20} MiB")
    return content


def shown(path: Path) -> str:
    return printable(os.fsencode(path))


def parse(content: bytes) -> Any:
    """The JSON document; raises BadField with the line."""
    if not content.strip():
        raise BadField("the file is empty")
    try:
        return json.loads(content, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise BadField(f"line {error.lineno}: {error.msg}") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadField(f"line {line}: not UTF-8") from error
    except RecursionError as error:
        raise BadField("nested too deep") from error
    except ValueError as error:  # from the two functions below, or an integer of thousands of digits
        raise BadField(printable(str(error), 120)) from error


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not a number")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is not a finite number")
    return value


class Node:
    """A JSON object with its path; the getters raise BadField. A missing key is bad without a default."""

    def __init__(self, value: Any, path: str = "") -> None:
        if not isinstance(value, dict):
            raise BadField(f"{path or 'the document'} is not an object")
        self.value, self.path = value, path

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _get(self, key: str) -> Any:
        if key not in self.value:
            raise BadField(f"{self.at(key)} is missing")
        return self.value[key]

    def text(self, key: str, default: str | None = None) -> str:
        """A string, escaped for display; at most 1,024 characters."""
        if default is not None and self.value.get(key) is None:
            return default
        value = self._get(key)
        if not isinstance(value, str) or len(value) > MOST_TEXT:
            raise BadField(f"{self.at(key)} is not a string of at most {MOST_TEXT} characters")
        return printable(value, MOST_TEXT)

    def number(self, key: str) -> float:
        return number(self._get(key), self.at(key))

    def count(self, key: str) -> int:
        value = self._get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
            raise BadField(f"{self.at(key)} is not a count")
        return value

    def node(self, key: str) -> "Node":
        return Node(self._get(key), self.at(key))

    def array(self, key: str) -> list[Any]:
        value = self._get(key)
        if not isinstance(value, list):
            raise BadField(f"{self.at(key)} is not an array")
        return value

    def nodes(self, key: str) -> Iterator["Node"]:
        """The objects of an array."""
        for index, value in enumerate(self.array(key)):
            yield Node(value, f"{self.at(key)}[{index}]")


def number(value: Any, path: str) -> float:
    """A finite number; true and false are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadField(f"{path} is not a number")
    try:
        return float(value)
    except OverflowError as error:
        raise BadField(f"{path} is too large") from error


def utc(node: Node, key: str) -> str:
    """An ISO 8601 time as UTC with seconds; one without a zone is UTC."""
    text = node.text(key)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError) as error:
        raise BadField(f"{node.at(key)} is not a time: {text}") from error
