"""What the sampler child writes to its parent: length-prefixed messages on a pipe.

A message is one byte of type, four bytes of length, and a body: JSON for what is rare (objects, stacks,
threads), packed 64-bit columns for ticks. The parent trusts nothing: a message that is too long or cannot be
decoded ends the stream.
"""

import json
import struct
from array import array
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from perfdiag.ticks import Columns, Ticks

_HEADER = struct.Struct("<BI")
_COUNTS = struct.Struct("<III")
MAX_BODY = 64 << 20


class Message(IntEnum):
    HELLO = 1  # {"engine", "runtime", "blind"}: how this run reads
    FRAMES = 2  # [[file, function, line, first line], ...]: ids continue
    STACKS = 3  # [[frame id, ...], ...]: ids continue, leaf first
    THREADS = 4  # [[process, tid, name, main, loop], ...]
    OBJECTS = 5  # [{"id", ...}, ...]: new, or again with what was learnt about it
    TICKS = 6  # packed columns
    PROCESSES = 8  # [[index, {fields of model.Process}], ...]: new, or again with what was learnt about it
    GROWTH = 9  # [[process, [stack, ...], at work, looks, pages, descriptors], ...]: to be added up
    END = 7  # {"ended", "planned", "made", "cpu", ...}


def pack(kind: Message, body: bytes) -> bytes:
    return _HEADER.pack(kind, len(body)) + body


def pack_json(kind: Message, value: Any) -> bytes:
    return pack(kind, json.dumps(value, separators=(",", ":")).encode())


def pack_ticks(ticks: Ticks) -> bytes:
    """All columns of `ticks`, which the caller then replaces by an empty one."""
    tables = (ticks.ticks, ticks.rows, ticks.gil)
    parts = [_COUNTS.pack(*(len(table) for table in tables))]
    parts += [table[name].tobytes() for table in tables for name in table.names]
    return pack(Message.TICKS, b"".join(parts))


def unpack_ticks(body: bytes, into: Ticks) -> None:
    """Append the packed columns; ValueError when the body does not have the length it should."""
    if len(body) < _COUNTS.size:
        raise ValueError(f"a tick message of {len(body)} bytes")
    counts = _COUNTS.unpack_from(body)
    tables: tuple[Columns, ...] = (into.ticks, into.rows, into.gil)
    width = sum(count * len(table.names) for count, table in zip(counts, tables, strict=True))
    if len(body) != _COUNTS.size + 8 * width:
        raise ValueError(f"a tick message of {len(body)} bytes instead of {_COUNTS.size + 8 * width}")
    at = _COUNTS.size
    for count, table in zip(counts, tables, strict=True):
        for name in table.names:
            column = array("q")
            column.frombytes(body[at : at + 8 * count])
            table[name].extend(column)
            at += 8 * count


class Splitter:
    """Cuts a byte stream into messages; a partial one waits for the next `feed`."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[Message, bytes]]:
        """ValueError for a message that cannot be one of ours."""
        self._rest += data
        while len(self._rest) >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._rest)
            if length > MAX_BODY:
                raise ValueError(f"a message of {length} bytes")
            end = _HEADER.size + length
            if len(self._rest) < end:
                return
            body, self._rest = self._rest[_HEADER.size : end], self._rest[end:]
            yield Message(kind), body
