"""The layouts of CPython 3.8 to 3.12 with glibc on x86-64.

Printed by packaging/gen_layout.c from the headers of the release named at each. Structs do not change within
a minor version, and the reader still checks at attach that the layout fits.
"""

from perfdiag.sampler.cpython.layout import Layout

_OBJECTS = {"bytes_length": 16, "bytes_data": 32, "object_type": 8, "type_name": 24}

_OLD = {
    "interpreters_head": 32,
    "interpreter_next": 0,
    "threads_head": 8,
    "gil_holder": 8,
    "gil_locked": 16,
    "gil_size": 208,
    "thread_next": 8,
    "thread_pthread": 176,
    "thread_current_frame": 24,
    "frame_code": 32,
    "frame_previous": 24,
    "code_size": 176,
    "code_filename": 104,
    "code_qualname": 112,  # co_name: there are no qualified names
    "code_linetable": 120,
    "code_first_line": 40,
    "code_string": 48,
    "str_state": 32,
    "str_length": 16,
    "str_ascii_size": 48,
    "str_compact_size": 72,
    **_OBJECTS,
}

# CPython 3.8.18
_V38 = Layout(
    runtime_gil=1152,
    thread_births=2664,
    thread_count=104,
    runtime_collecting=544,
    frame_instruction=104,
    frame_unit=1,
    frame_state=116,
    frame_executing=1,
    **_OLD,
)

# CPython 3.9.18
_V39 = Layout(
    runtime_gil=352,
    thread_births=3496,
    thread_count=896,
    gc_collecting=816,
    frame_instruction=104,
    frame_unit=1,
    frame_state=116,
    frame_executing=1,
    **_OLD,
)

# CPython 3.10.13
_V310 = Layout(
    runtime_gil=352,
    thread_births=3448,
    thread_count=896,
    gc_collecting=816,
    frame_instruction=96,
    frame_unit=2,
    frame_state=108,
    frame_executing=0,
    **_OLD,
)

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

TABLES = {(3, 8): _V38, (3, 9): _V39, (3, 10): _V310, (3, 11): _V311, (3, 12): _V312}
