"""Coroutines laid out by hand in our own memory; their code objects are real ones of this interpreter."""

import ctypes
import os
import struct
from types import CodeType

import pytest

from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.await_chain import AwaitChain, AwaitChains
from perfdiag.sampler.cpython.code import CodeCache
from perfdiag.sampler.cpython.runtime import Runtime
from tests.sampler.cpython.test_task_layout import layout

LAYOUT = layout()
AWAITS, RUNS = 0xFF, 0  # gi_frame_state
TASK, OBJECTS, TYPES = 0x0, 0x1000, 0x8000


class World:
    """A task at the start of a buffer, and objects that await each other."""

    def __init__(self, runtime: Runtime) -> None:
        self.buffer = ctypes.create_string_buffer(0x10000)
        self.start = ctypes.addressof(self.buffer)
        self.memory = Memory(os.getpid())
        self.bytecode = runtime.layout.code_bytecode or 0
        self.codes = CodeCache(self.memory, runtime.layout)
        self.chains = AwaitChains(self.memory, LAYOUT, self.codes)
        self.kept: list[CodeType] = []
        self.types: dict[str, int] = {}
        self.objects = 0

    def put(self, at: int, value: int) -> None:
        struct.pack_into("<Q", self.buffer, at, value)

    def type(self, name: str) -> int:
        if name not in self.types:
            at = self.types[name] = TYPES + 0x100 * len(self.types)
            self.buffer[at + 0x80 : at + 0x80 + len(name)] = name.encode()
            self.put(at + 24, self.start + at + 0x80)
        return self.start + self.types[name]

    def object(self, kind: str, *words: int) -> int:
        """An object with these words behind its header; its address."""
        at = OBJECTS + 0x400 * self.objects
        self.objects += 1
        self.put(at + 8, self.type(kind))
        for number, word in enumerate(words):
            self.put(at + 16 + 8 * number, word)
        return self.start + at

    def coroutine(
        self, name: str, awaited: int = 0, *, file: str = "app.py", state: int = AWAITS, variables: int = 1
    ) -> int:
        source = "\n" * len(self.kept) + f"def {name}(): pass"
        code = next(c for c in compile(source, file, "exec").co_consts if isinstance(c, CodeType))
        self.kept.append(code)
        address = self.object("coroutine")
        at, slot = address - self.start, LAYOUT.coroutine_size + 8 * variables
        self.buffer[at + LAYOUT.coroutine_state] = state
        self.put(at + LAYOUT.coroutine_code, id(code) | 1)
        self.put(at + LAYOUT.coroutine_instruction, id(code) + self.bytecode)
        self.put(at + LAYOUT.coroutine_top, address + slot + LAYOUT.awaited)
        self.put(at + slot, awaited)
        return address

    def read(self, coroutine: int) -> AwaitChain | None:
        self.put(TASK + LAYOUT.task_coroutine, coroutine)
        return self.chains.read([self.start + TASK]).get(self.start + TASK)

    def functions(self, chain: AwaitChain | None) -> list[str]:
        assert chain is not None
        return [self.codes.frames[number].function for number in chain.ids]


@pytest.fixture
def world(own_runtime: Runtime) -> World:
    return World(own_runtime)


@pytest.mark.parametrize("variables", [0, 1, 40])
def test_a_chain_goes_from_what_is_awaited_last_to_the_tasks_own_coroutine(
    world: World, variables: int
) -> None:
    future = world.object("_asyncio.Future")
    inner = world.coroutine("inner", world.object("_asyncio.FutureIter", future), variables=variables)
    chain = world.read(world.coroutine("outer", inner, variables=variables))
    assert ["inner", "outer"] == world.functions(chain)
    assert chain is not None
    assert [id(code) for code in world.kept] == [code for code, _ in chain.frames]
    assert (future, False) == (chain.future, chain.joins)
    assert world.memory.gather(chain.request, chain.length) == chain.length
    assert bytes(world.memory.octets[: chain.length]) == chain.copy


def test_objects_that_only_lead_to_another_are_passed_through(world: World) -> None:
    rows = world.object("async_generator_asend", world.coroutine("rows"))
    assert ["rows", "scan"] == world.functions(
        world.read(world.coroutine("scan", world.object("coroutine_wrapper", rows)))
    )


@pytest.mark.parametrize("state", [RUNS, 0xFE])
def test_a_coroutine_that_awaits_nothing_ends_the_chain(world: World, state: int) -> None:
    chain = world.read(world.coroutine("runs", world.coroutine("before"), state=state))
    assert ["runs"] == world.functions(chain)


@pytest.mark.parametrize(
    ("kind", "file", "name", "joins"),
    [
        ("_GatheringFuture", "app.py", "several", True),
        ("_asyncio.Future", "/lib/python3.14/asyncio/taskgroups.py", "_aexit", True),
        ("_asyncio.Future", "/lib/python3.14/asyncio/tasks.py", "_wait", True),
        ("_asyncio.Future", "/lib/python3.14/asyncio/tasks.py", "sleep", False),
        ("_asyncio.Future", "app.py", "several", False),
    ],
)
def test_a_future_that_stands_for_tasks_is_told_by_its_type_or_by_who_awaits_it(
    world: World, kind: str, file: str, name: str, joins: bool
) -> None:
    iterator = world.object("_asyncio.FutureIter", world.object(kind))
    chain = world.read(world.coroutine(name, iterator, file=file))
    assert chain is not None
    assert joins is chain.joins


def test_a_pointer_to_nowhere_gives_no_chain_and_spoils_no_other(world: World) -> None:
    other = 0x800
    world.put(other + LAYOUT.task_coroutine, world.coroutine("other"))
    world.put(TASK + LAYOUT.task_coroutine, world.coroutine("broken", 8))
    found = world.chains.read([world.start + TASK, world.start + other])
    assert [world.start + other] == list(found)


def test_a_cycle_of_coroutines_ends(world: World) -> None:
    one = world.coroutine("one")
    two = world.coroutine("two", one)
    world.put(one - world.start + LAYOUT.coroutine_size + 8, two)
    assert {"one", "two"} == set(world.functions(world.read(one)))


def test_a_task_that_goes_on_while_it_is_read_gives_no_chain(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    coroutine = world.coroutine("goes_on", variables=2)
    gather = world.memory.gather

    def moving(request: bytes, total: int) -> int:
        got = gather(request, total)
        world.put(coroutine - world.start + LAYOUT.coroutine_size, world.memory.calls)  # a variable
        return got

    monkeypatch.setattr(world.memory, "gather", moving)
    assert world.read(coroutine) is None
