"""Where CPython keeps what the reader needs: offsets in bytes, one `Layout` per interpreter.

The tables for 3.11 and 3.12 were printed by packaging/gen_layout.c from the headers of the release named at
each; structs do not change within a minor version, and the reader still checks at attach that the layout
fits. From 3.13 on the interpreter publishes its offsets (`debug_offsets`).
"""

import struct
from dataclasses import dataclass

Version = tuple[int, int, int]


class Unsupported(Exception):
    """The reader cannot read this process; the message says why, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Offsets and sizes in bytes, named STRUCT_FIELD; None where a version has no such field.

    `thread_*` are fields of PyThreadState, `frame_*` of _PyInterpreterFrame, `code_*` of PyCodeObject.
    The current frame is at thread_current_frame (3.13+), else at current_frame of the _PyCFrame that
    thread_cframe points to. The GIL is inside the runtime (3.11) or where interpreter_gil points to.
    """

    interpreters_head: int
    runtime_gil: int | None = None
    interpreter_gil: int | None = None
    interpreter_next: int
    threads_head: int
    gc_collecting: int
    gil_holder: int
    gil_locked: int
    gil_size: int
    thread_next: int
    thread_tid: int
    thread_cframe: int | None = None
    current_frame: int | None = None
    thread_current_frame: int | None = None
    thread_chunk: int
    thread_top: int
    frame_code: int
    frame_previous: int
    frame_instruction: int
    frame_owner: int
    frame_is_entry: int | None = None
    frame_size: int
    code_size: int
    code_filename: int
    code_qualname: int
    code_linetable: int
    code_first_line: int
    code_bytecode: int
    str_state: int
    str_length: int
    str_ascii_size: int
    str_compact_size: int
    bytes_length: int
    bytes_data: int
    object_type: int
    type_name: int

    @property
    def root(self) -> int:
        """Value of a frame's kind that ends a whole chain: on 3.11 an entry frame owned by the thread
        (is_entry 1, owner 0), later the shim that the outermost C call leaves on its stack."""
        return 1 if self.frame_is_entry is not None else 3

    @property
    def shim(self) -> int:
        """Frames of this kind or above have no Python code (FRAME_OWNED_BY_CSTACK); 3.11 has none."""
        return 1 << 16 if self.frame_is_entry is not None else 3

    def frame_struct(self) -> struct.Struct:
        """Unpacks (code, previous, instruction, kind) from a frame, from its offset `frame_code` on. The
        kind is the owner, on 3.11 is_entry + 256 * owner."""
        fields = [(self.frame_code, "Q", 8), (self.frame_previous, "Q", 8), (self.frame_instruction, "Q", 8)]
        if self.frame_is_entry is None:
            fields.append((self.frame_owner, "B", 1))
        else:
            fields.append((self.frame_is_entry, "H", 2))
        form, at = "<", self.frame_code
        for offset, code, size in fields:
            if offset < at:
                raise Unsupported("the fields of a frame have an order that is not known")
            form += f"{offset - at}x{code}"
            at = offset + size
        return struct.Struct(form)


_OBJECTS = {"bytes_length": 16, "bytes_data": 32, "object_type": 8, "type_name": 24}

# CPython 3.11.7
_V311 = Layout(
    interpreters_head=40,
    runtime_gil=360,
    interpreter_next=0,
    threads_head=16,
    gc_collecting=848,
    gil_holder=8,
    gil_locked=16,
    gil_size=208,
    thread_next=8,
    thread_tid=160,
    thread_cframe=56,
    current_frame=8,
    thread_chunk=296,
    thread_top=304,
    frame_code=32,
    frame_previous=48,
    frame_instruction=56,
    frame_owner=69,
    frame_is_entry=68,
    frame_size=80,
    code_size=192,
    code_filename=112,
    code_qualname=128,
    code_linetable=136,
    code_first_line=72,
    code_bytecode=184,
    str_state=32,
    str_length=16,
    str_ascii_size=48,
    str_compact_size=72,
    **_OBJECTS,
)

# CPython 3.12.1
_V312 = Layout(
    interpreters_head=40,
    interpreter_gil=384,
    interpreter_next=0,
    threads_head=72,
    gc_collecting=312,
    gil_holder=8,
    gil_locked=16,
    gil_size=208,
    thread_next=8,
    thread_tid=144,
    thread_cframe=56,
    current_frame=0,
    thread_chunk=232,
    thread_top=240,
    frame_code=0,
    frame_previous=8,
    frame_instruction=56,
    frame_owner=70,
    frame_size=80,
    code_size=200,
    code_filename=112,
    code_qualname=128,
    code_linetable=136,
    code_first_line=68,
    code_bytecode=192,
    str_state=32,
    str_length=16,
    str_ascii_size=40,
    str_compact_size=56,
    **_OBJECTS,
)

TABLES = {(3, 11): _V311, (3, 12): _V312}


def version_of(hexversion: int) -> Version:
    """PY_VERSION_HEX as (major, minor, micro). Unsupported for anything but a final release: the structs
    of a pre-release may differ from the final ones."""
    version = (hexversion >> 24 & 255, hexversion >> 16 & 255, hexversion >> 8 & 255)
    if hexversion >> 32 or version[0] != 3:
        raise Unsupported("no version of Python 3 is stored where it should be")
    if hexversion & 0xF0 != 0xF0:
        raise Unsupported("CPython {}.{}.{} is a pre-release".format(*version))
    return version
