"""Code objects of the interpreter that runs the tests, read as if they were another process's."""

import os
from types import CodeType

import pytest

from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.code import CodeCache, RawFrame
from perfdiag.sampler.cpython.runtime import Runtime

NAMES = ("plain", "naïve", "名前", "x𐐀")


@pytest.fixture
def cache(own_runtime: Runtime) -> CodeCache:
    return CodeCache(Memory(os.getpid()), own_runtime.layout)


def _compile(name: str, file: str = "<made>", lines: int = 0) -> CodeType:
    module = compile("\n" * lines + f"def {name}():\n return 1\n", file, "exec")
    return next(const for const in module.co_consts if isinstance(const, CodeType))


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_width_are_read(cache: CodeCache, own_runtime: Runtime, name: str) -> None:
    code = _compile(name, f"/tmp/{name}.py", lines=4)
    first = id(code) + own_runtime.layout.code_bytecode
    number = cache.frame(id(code), first)
    assert RawFrame(f"/tmp/{code.co_name}.py", code.co_qualname, 5, 5) == cache.frames[number]
    last = cache.frame(id(code), first + len(code.co_code) - 2)
    assert 6 == cache.frames[last].line
    assert number == cache.frame(id(code), first)


def test_control_characters_in_names_are_escaped(cache: CodeCache, own_runtime: Runtime) -> None:
    code = _compile("f", "a\x1b[31m\nb")
    number = cache.frame(id(code), id(code) + own_runtime.layout.code_bytecode)
    assert "a\\x1b[31m\\x0ab" == cache.frames[number].file


def test_what_is_no_code_object_is_refused(cache: CodeCache, own_runtime: Runtime) -> None:
    code = _compile("f")
    for address in (id(object()), id("text" * 100), 8):
        with pytest.raises((ValueError, OSError)):
            cache.frame(address, address)
    with pytest.raises(ValueError, match="outside the byte code"):
        cache.frame(id(code), id(code) + own_runtime.layout.code_bytecode + len(code.co_code))


def test_a_code_object_that_gave_way_to_another_is_forgotten(cache: CodeCache, own_runtime: Runtime) -> None:
    kept, replaced = _compile("kept"), _compile("before")
    address = id(replaced)
    for code in (kept, replaced):
        cache.frame(id(code), id(code) + own_runtime.layout.code_bytecode)
    assert set() == cache.drop_changed({id(kept), address, 12345})
    del replaced, code
    made = [_compile(f"after{number}") for number in range(100)]
    successor = next((code for code in made if id(code) == address), None)
    if successor is None:
        pytest.skip("the allocator did not reuse the place")
    assert {address} == cache.drop_changed({id(kept), address})
    assert address not in cache
    assert id(kept) in cache
    number = cache.frame(address, address + own_runtime.layout.code_bytecode)
    assert successor.co_name == cache.frames[number].function
