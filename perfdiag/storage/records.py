"""Records as JSON lists of values, and back with every type checked.

Numbers keep their type (0 stays 0, 0.0 stays 0.0) and every bit; not-a-number and infinities are refused both
ways. What is decoded may come from anyone: a value that does not fit its field raises ValueError.
"""

import json
import math
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

_INTEGER_LIMIT = 1 << 64
Decode = Callable[[Any], Any]


def encode(value: object) -> object:
    """Lists, strings and numbers for `json`."""
    if is_dataclass(value):
        return [encode(getattr(value, field.name)) for field in fields(value)]
    return [encode(item) for item in value] if isinstance(value, tuple | list) else value


def to_json(value: object) -> bytes:
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def from_json(text: bytes) -> Any:
    """Raises ValueError on anything that is not strict JSON, RecursionError on absurd nesting."""
    return json.loads(text.decode("ascii"), parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def layout(records: Sequence[type]) -> dict[str, list[str]]:
    """The field names of each record, in order."""
    return {record.__name__: [field.name for field in fields(record)] for record in records}


class Decoder:
    """Decodes records that were written with the field names of `layout`, maybe by another version."""

    def __init__(self, layout: Mapping[str, Sequence[str]]) -> None:
        self._layout = layout
        self._known: dict[Any, Decode] = {str: _string, int: _integer, float: _number, bool: _boolean}

    def decode(self, hint: Any, value: object) -> Any:
        """`value` as an instance of `hint`: a record, a tuple, an enumeration, a scalar or None."""
        found = self._known.get(hint)
        if found is None:
            found = self._known[hint] = self._build(hint)
        return found(value)

    def _build(self, hint: Any) -> Decode:
        arguments = get_args(hint)
        if get_origin(hint) is types.UnionType:  # X | None is the only union of the records
            inner = next(argument for argument in arguments if argument is not types.NoneType)
            return lambda value: None if value is None else self.decode(inner, value)
        if get_origin(hint) is tuple:
            return self._tuple(arguments)
        if is_dataclass(hint):
            return self._record(hint)
        if issubclass(hint, StrEnum):
            return lambda value: hint(_string(value))
        raise TypeError(f"no coding for {hint}")

    def _tuple(self, arguments: tuple[Any, ...]) -> Decode:
        if arguments[-1] is Ellipsis:
            return lambda value: tuple(self.decode(arguments[0], item) for item in _list(value))

        def decode(value: object) -> tuple[Any, ...]:
            items = _list(value, len(arguments))
            return tuple(self.decode(hint, item) for hint, item in zip(arguments, items, strict=True))

        return decode

    def _record(self, record: Any) -> Decode:
        names = self._layout.get(record.__name__, ())
        if len(set(names)) != len(names):
            raise ValueError(f"{record.__name__} has a field twice")
        hints = get_type_hints(record)
        for field in fields(record):
            optional = field.default is not MISSING or field.default_factory is not MISSING
            if field.name not in names and not optional:
                raise ValueError(f"{record.__name__} lacks {field.name}")

        def decode(value: object) -> Any:
            items = zip(names, _list(value, len(names)), strict=True)
            return record(**{name: self.decode(hints[name], item) for name, item in items if name in hints})

        return decode


def _list(value: object, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise ValueError("a list of another length was expected")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a string was expected")
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false was expected")
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= _INTEGER_LIMIT:
        raise ValueError("an integer was expected")
    return value


def _number(value: object) -> float:
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _integer(value)
