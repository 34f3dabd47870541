"""Where CPython 3.14 and later keep asyncio's tasks and what they await.

Offsets of the objects stand in the interpreter's table (`debug_offsets`), those of tasks and event loops in a
section `.AsyncioDebug` of the file that holds the module `_asyncio`: an extension, or the interpreter itself.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from perfdiag.host.elf import Image, Mapping, NotElf, images, open_mapped
from perfdiag.host.memory import Memory
from perfdiag.sampler.cpython.debug_offsets import TABLE_SIZE, named
from perfdiag.sampler.cpython.layout import Unsupported, Version

_SECTION = ".AsyncioDebug"
_FIRST = (3, 14)
_FIELDS = (
    *("task_size", "task_name", "task_awaited_by", "task_is_task", "task_awaited_by_is_set"),
    *("task_coroutine", "task_node"),
    *("interpreter_size", "interpreter_tasks"),
    *("thread_size", "running_loop", "running_task", "thread_tasks"),
)
_LARGEST_STRUCT, _LARGEST_TASK = 1 << 24, 1 << 12

# Not published: gi_frame_state of a coroutine that awaits, and where the awaited object lies, in words
# down from the top of the coroutine's stack (pycore_frame.h, pycore_genobject.h)
_AWAITS = {(3, 14): frozenset({0xFF}), (3, 15): frozenset({2, 3})}
_AWAITED = {(3, 14): 1, (3, 15): 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLayout:
    """Offsets and sizes in bytes. `coroutine_*` are fields of coroutines, generators and asynchronous
    generators, which are alike; their frame lies within them."""

    task_size: int
    task_name: int
    task_awaited_by: int
    task_awaited_by_is_set: int
    task_coroutine: int
    task_node: int
    node_next: int
    node_previous: int
    interpreter_tasks: int
    running_task: int
    thread_tasks: int
    coroutine_size: int  # up to its variables
    coroutine_state: int
    coroutine_code: int
    coroutine_instruction: int
    coroutine_top: int  # pointer to the end of the stack in use
    awaits: frozenset[int]
    awaited: int  # bytes
    object_type: int
    type_name: int
    set_mask: int
    set_table: int
    int_tag: int
    int_digits: int


def find(memory: Memory, mappings: Sequence[Mapping], version: Version, runtime: int) -> TaskLayout | None:
    """The layout for the process whose _PyRuntime is at `runtime`; None before 3.14, where asyncio has not
    been imported, and where something absurd is published."""
    if version[:2] < _FIRST:
        return None
    address = _section(memory.pid, mappings)
    if address is None:
        return None
    published = memory.read(address, 8 * len(_FIELDS))
    try:
        return parse(version[:2], named(memory.read(runtime, TABLE_SIZE)), published)
    except Unsupported:
        return None


def _section(pid: int, mappings: Sequence[Mapping]) -> int | None:
    for mapping in images(mappings, "_asyncio", "libpython", "python"):
        try:
            with open_mapped(pid, mapping) as file:
                found = Image(file, mapping.start).section(_SECTION)
        except (NotElf, OSError):
            continue
        if found is not None:
            return found
    return None


def parse(minor: tuple[int, int], of: dict[str, int], published: bytes) -> TaskLayout:
    """`of`: the interpreter's offsets by name; `published`: the section. Unsupported when one is absurd."""
    tasks = dict(zip(_FIELDS, struct.unpack(f"<{len(_FIELDS)}Q", published), strict=True))
    for name, value in tasks.items():
        if value >= tasks.get(name.split("_")[0] + "_size", _LARGEST_STRUCT) and not name.endswith("_size"):
            raise Unsupported(f"the published offset of {name} lies outside its struct")
    if tasks["task_size"] > _LARGEST_TASK:
        raise Unsupported(f"the published size of a task is {tasks['task_size']}")
    frame = of["gen_object.gi_iframe"]
    return TaskLayout(
        task_size=tasks["task_size"],
        task_name=tasks["task_name"],
        task_awaited_by=tasks["task_awaited_by"],
        task_awaited_by_is_set=tasks["task_awaited_by_is_set"],
        task_coroutine=tasks["task_coroutine"],
        task_node=tasks["task_node"],
        node_next=of["llist_node.next"],
        node_previous=of["llist_node.prev"],
        interpreter_tasks=tasks["interpreter_tasks"],
        running_task=tasks["running_task"],
        thread_tasks=tasks["thread_tasks"],
        coroutine_size=frame + of["interpreter_frame.localsplus"],
        coroutine_state=of["gen_object.gi_frame_state"],
        coroutine_code=frame + of["interpreter_frame.executable"],
        coroutine_instruction=frame + of["interpreter_frame.instr_ptr"],
        coroutine_top=frame + of["interpreter_frame.stackpointer"],
        awaits=_AWAITS[minor],
        awaited=8 * _AWAITED[minor],
        object_type=of["pyobject.ob_type"],
        type_name=of["type_object.tp_name"],
        set_mask=of["set_object.mask"],
        set_table=of["set_object.table"],
        int_tag=of["long_object.lv_tag"],
        int_digits=of["long_object.ob_digit"],
    )
