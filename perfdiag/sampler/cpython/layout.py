"""Where CPython keeps what the reader needs: offsets in bytes, one `Layout` per interpreter.

Up to 3.12 they stand in `tables`, from 3.13 on the interpreter publishes them (`debug_offsets`).
"""

import struct
from dataclasses import dataclass

Version = tuple[int, int, int]


class Unsupported(Exception):
    """The reader cannot read this process; the message says why, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Offsets and sizes in bytes, named STRUCT_FIELD; None where a version has no such field.

    `thread_*` are fields of PyThreadState, `frame_*` of _PyInterpreterFrame, before 3.11 of PyFrameObject,
    `code_*` of PyCodeObject. The current frame is at thread_current_frame, on 3.11 and 3.12 at current_frame
    of the _PyCFrame that thread_cframe points to. The GIL is inside the runtime (up to 3.11) or where
    interpreter_gil points to. From 3.15 on every chain ends in the thread's own base frame.
    """

    interpreters_head: int
    runtime_gil: int | None = None
    interpreter_gil: int | None = None
    interpreter_next: int
    threads_head: int
    thread_births: int | None = None  # before 3.11; then both stand around threads_head
    thread_count: int | None = None
    runtime_collecting: int | None = None  # 3.8: one collector for all interpreters
    gc_collecting: int = 0
    gil_holder: int
    gil_locked: int
    gil_size: int
    thread_next: int
    thread_tid: int | None = None
    thread_pthread: int | None = None  # before 3.11: the pthread_t, which has the thread id
    thread_cframe: int | None = None
    current_frame: int | None = None
    thread_current_frame: int | None = None
    thread_base_frame: int | None = None
    thread_chunk: int | None = None  # from 3.11 on: frames lie in a stack of the thread
    thread_top: int | None = None
    frame_code: int
    frame_previous: int
    frame_instruction: int
    frame_unit: int = 0  # before 3.11: bytes by which frame_instruction counts
    frame_state: int | None = None  # before 3.11: f_executing or f_state
    frame_executing: int = 0  # its value while the code of the frame runs
    frame_owner: int | None = None
    frame_is_entry: int | None = None
    frame_size: int = 0
    code_size: int
    code_filename: int
    code_qualname: int
    code_linetable: int
    code_first_line: int
    code_string: int | None = None  # before 3.11: the bytes object with the byte code
    code_bytecode: int | None = None
    str_state: int
    str_length: int
    str_ascii_size: int
    str_compact_size: int
    bytes_length: int
    bytes_data: int
    object_type: int
    type_name: int

    @property
    def signature(self) -> tuple[tuple[int, int], ...]:
        """What any birth or end of a thread changes in the interpreter, (offset, length): births, the head
        of the list, the count."""
        if self.thread_births is not None and self.thread_count is not None:
            return (self.thread_births, 8), (self.threads_head, 8), (self.thread_count, 8)
        # struct pythreads: next_unique_id, head, (preallocated, main,) count
        return ((self.threads_head - 8, 40),)

    @property
    def signature_size(self) -> int:
        return sum(length for _, length in self.signature)

    @property
    def thread_id(self) -> int:
        """Where a thread state says which thread it is of."""
        offset = self.thread_pthread if self.thread_tid is None else self.thread_tid
        assert offset is not None
        return offset

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
        assert self.frame_owner is not None
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


def version_of(hexversion: int) -> Version:
    """PY_VERSION_HEX as (major, minor, micro). Unsupported for anything but a final release: the structs
    of a pre-release may differ from the final ones."""
    version = (hexversion >> 24 & 255, hexversion >> 16 & 255, hexversion >> 8 & 255)
    if hexversion >> 32 or version[0] != 3:
        raise Unsupported("no version of Python 3 is stored where it should be")
    if hexversion & 0xF0 != 0xF0:
        raise Unsupported("CPython {}.{}.{} is a pre-release".format(*version))
    return version
