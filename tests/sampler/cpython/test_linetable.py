import asyncio
import inspect
import json.encoder
import sys
import threading
from types import CodeType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.sampler.cpython.linetable import decode


def _codes(code: CodeType) -> list[CodeType]:
    return [code, *[c for const in code.co_consts if isinstance(const, CodeType) for c in _codes(const)]]


@pytest.mark.parametrize("module", [asyncio.base_events, inspect, json.encoder, threading])
def test_lines_equal_those_of_the_interpreter_itself(module: object) -> None:
    source = inspect.getsource(module)  # type: ignore[arg-type]
    compared = 0
    for code in _codes(compile(source, "x", "exec")):
        table = decode(code.co_linetable, code.co_firstlineno)
        shown = code.co_firstlineno
        for start, end, line in code.co_lines():
            shown = shown if line is None else line  # without a line: the last one before
            assert {shown} == {table.line(offset) for offset in range(start, end, 2)}
            compared += 1
    assert compared > 100
    assert sys.version_info >= (3, 11)


def test_offsets_outside_the_byte_code_are_refused() -> None:
    table = decode(bytes([0x80 | 15 << 3 | 3, 0x80 | 10 << 3 | 0, 0, 0]), 7)
    assert [7, 7, 7] == [table.line(-2), table.line(0), table.line(9)]
    for offset in (-3, 10, 1 << 40):
        with pytest.raises(ValueError, match="outside the byte code"):
            table.line(offset)


@given(st.binary(max_size=60))
def test_a_damaged_table_is_a_value_error_or_a_table(data: bytes) -> None:
    try:
        table = decode(data, 1)
    except ValueError:
        return
    assert sorted(table.ends) == list(table.ends)
    assert len(table.ends) == len(table.lines)
