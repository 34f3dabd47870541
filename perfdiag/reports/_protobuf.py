"""Encoding of protobuf messages: https://protobuf.dev/programming-guides/encoding/

A message is its fields one after the other. A field that has its default value is left out.
"""

from collections.abc import Iterable

_VARINT, _BYTES = 0, 2  # wire types


def integer(field: int, value: int) -> bytes:
    """A field of type int64, uint64 or bool."""
    return _varint(field << 3 | _VARINT) + _varint(value) if value else b""


def integers(field: int, values: Iterable[int]) -> bytes:
    """A packed repeated field of integers."""
    packed = b"".join(map(_varint, values))
    return message(field, packed) if packed else b""


def message(field: int, content: bytes) -> bytes:
    """A field that is a message, or an element of a repeated one: empty ones are kept."""
    return _varint(field << 3 | _BYTES) + _varint(len(content)) + content


def text(field: int, content: str) -> bytes:
    """An element of a repeated string: empty ones are kept."""
    return message(field, content.encode("utf-8"))


def _varint(value: int) -> bytes:
    left, found = value & (1 << 64) - 1, bytearray()  # negative ones in two's complement
    while left > 0x7F:
        found.append(left & 0x7F | 0x80)
        left >>= 7
    found.append(left)
    return bytes(found)
