"""`_Py_DebugOffsets`: the offsets that CPython publishes for readers at the start of `_PyRuntime`.

From 3.13 on (Include/internal/pycore_runtime.h; pycore_debug_offsets.h from 3.14). All fields are uint64,
but their order differs per minor version, so one that is not listed here is refused.
"""

import struct
from collections.abc import Iterator

from perfdiag.sampler.cpython.layout import Layout, Unsupported, Version, version_of
from perfdiag.sampler.cpython.unread import FREE_THREADED

COOKIE = b"xdebugpy"
TABLE_SIZE = 1024  # enough for every table known; more than each of them

_HEADER = struct.Struct("<8sQQ")  # cookie, PY_VERSION_HEX, free_threaded
_FIELDS = {
    (3, 13): """
        runtime_state: size finalizing interpreters_head
        interpreter_state: size id next threads_head gc imports_modules sysdict builtins ceval_gil
            gil_runtime_state gil_runtime_state_enabled gil_runtime_state_locked gil_runtime_state_holder
        thread_state: size prev next interp current_frame thread_id native_thread_id datastack_chunk status
        interpreter_frame: size previous executable instr_ptr localsplus owner
        code_object: size filename name qualname linetable firstlineno argcount localsplusnames
            localspluskinds co_code_adaptive
        pyobject: size ob_type
        type_object: size tp_name tp_repr tp_flags
        tuple_object: size ob_item ob_size
        list_object: size ob_item ob_size
        dict_object: size ma_keys ma_values
        float_object: size ob_fval
        long_object: size lv_tag ob_digit
        bytes_object: size ob_size ob_sval
        unicode_object: size state length asciiobject_size
        gc: size collecting
        """,
    (3, 14): """
        runtime_state: size finalizing interpreters_head
        interpreter_state: size id next threads_head threads_main gc imports_modules sysdict builtins
            ceval_gil gil_runtime_state gil_runtime_state_enabled gil_runtime_state_locked
            gil_runtime_state_holder
            code_object_generation tlbc_generation
        thread_state: size prev next interp current_frame thread_id native_thread_id datastack_chunk status
        interpreter_frame: size previous executable instr_ptr localsplus owner stackpointer tlbc_index
        code_object: size filename name qualname linetable firstlineno argcount localsplusnames
            localspluskinds co_code_adaptive co_tlbc
        pyobject: size ob_type
        type_object: size tp_name tp_repr tp_flags
        tuple_object: size ob_item ob_size
        list_object: size ob_item ob_size
        set_object: size used table mask
        dict_object: size ma_keys ma_values
        float_object: size ob_fval
        long_object: size lv_tag ob_digit
        bytes_object: size ob_size ob_sval
        unicode_object: size state length asciiobject_size
        gc: size collecting
        gen_object: size gi_name gi_iframe gi_frame_state
        llist_node: next prev
        """,
    (3, 15): """
        runtime_state: size finalizing interpreters_head
        interpreter_state: size id next threads_head threads_main gc imports_modules sysdict builtins
            ceval_gil gil_runtime_state gil_runtime_state_enabled gil_runtime_state_locked
            gil_runtime_state_holder
            code_object_generation tlbc_generation
        thread_state: size prev next interp current_frame base_frame last_profiled_frame
            last_profiled_frame_seq thread_id native_thread_id datastack_chunk status holds_gil gil_requested
            current_exception exc_state
        err_stackitem: exc_value
        interpreter_frame: size previous executable instr_ptr localsplus owner stackpointer tlbc_index
        code_object: size filename name qualname linetable firstlineno argcount localsplusnames
            localspluskinds co_code_adaptive co_tlbc
        pyobject: size ob_type
        type_object: size tp_name tp_repr tp_flags tp_basicsize tp_dictoffset
        heap_type_object: size ht_cached_keys
        tuple_object: size ob_item ob_size
        list_object: size ob_item ob_size
        set_object: size used table mask
        dict_object: size ma_keys ma_values
        float_object: size ob_fval
        long_object: size lv_tag ob_digit
        bytes_object: size ob_size ob_sval
        unicode_object: size state length asciiobject_size compactunicodeobject_size
        gc: size collecting frame generation_stats_length generation_stats
        gen_object: size gi_name gi_iframe gi_frame_state
        llist_node: next prev
        """,
}
_LARGEST_STRUCT = 1 << 24
_LENGTHS = {"gc.generation_stats_length"}  # of something else than the struct of its section

# Not published, taken from the headers of 3.13 to 3.15: the size of struct _gil_runtime_state with glibc's
# mutex and condition on x86-64; datastack_top follows datastack_chunk; PyCompactUnicodeObject adds two words
# (published from 3.15 on).
_GIL_SIZE = 208
_TOP_AFTER_CHUNK = 8
_COMPACT_AFTER_ASCII = 16


def published_version(table: bytes) -> Version | None:
    """Version in the header of the table; None when there is no table. Unsupported for free-threaded
    builds and pre-releases."""
    if table[:8] != COOKIE:
        return None
    _, hexversion, free_threaded = _HEADER.unpack_from(table)
    version = version_of(hexversion)
    if free_threaded:
        raise Unsupported("CPython {}.{}.{} ".format(*version) + FREE_THREADED)
    return version


def parse(table: bytes) -> Layout:
    """The layout that the table states. Unsupported when the version is not known or a value is absurd."""
    return _layout(named(table))


def named(table: bytes) -> dict[str, int]:
    """'section.field' -> value. Unsupported when the version is not known or a value is absurd."""
    version = published_version(table)
    if version is None or version[:2] not in _FIELDS:
        raise Unsupported("no table of offsets for CPython {}.{}".format(*(version or (3, 0))[:2]))
    names = list(_names(_FIELDS[version[:2]]))
    values = dict(zip(names, struct.unpack_from(f"<{len(names)}Q", table, _HEADER.size), strict=True))
    for name, value in values.items():
        if name in _LENGTHS:
            continue
        size = values.get(name.split(".")[0] + ".size", _LARGEST_STRUCT)
        if value > min(size, _LARGEST_STRUCT):
            raise Unsupported(f"the published offset of {name} lies outside its struct")
    return values


def _names(fields: str) -> Iterator[str]:
    section = ""
    for word in fields.split():
        if word.endswith(":"):
            section = word[:-1]
        else:
            yield f"{section}.{word}"


def _layout(of: dict[str, int]) -> Layout:
    gil = of["interpreter_state.gil_runtime_state"]
    ascii_size = of["unicode_object.asciiobject_size"]
    return Layout(
        interpreters_head=of["runtime_state.interpreters_head"],
        interpreter_gil=of["interpreter_state.ceval_gil"],
        interpreter_next=of["interpreter_state.next"],
        threads_head=of["interpreter_state.threads_head"],
        gc_collecting=of["interpreter_state.gc"] + of["gc.collecting"],
        gil_holder=of["interpreter_state.gil_runtime_state_holder"] - gil,
        gil_locked=of["interpreter_state.gil_runtime_state_locked"] - gil,
        gil_size=_GIL_SIZE,
        thread_next=of["thread_state.next"],
        thread_tid=of["thread_state.native_thread_id"],
        thread_current_frame=of["thread_state.current_frame"],
        thread_base_frame=of.get("thread_state.base_frame"),
        thread_chunk=of["thread_state.datastack_chunk"],
        thread_top=of["thread_state.datastack_chunk"] + _TOP_AFTER_CHUNK,
        frame_code=of["interpreter_frame.executable"],
        frame_previous=of["interpreter_frame.previous"],
        frame_instruction=of["interpreter_frame.instr_ptr"],
        frame_owner=of["interpreter_frame.owner"],
        frame_size=of["interpreter_frame.size"],
        code_size=of["code_object.size"],
        code_filename=of["code_object.filename"],
        code_qualname=of["code_object.qualname"],
        code_linetable=of["code_object.linetable"],
        code_first_line=of["code_object.firstlineno"],
        code_bytecode=of["code_object.co_code_adaptive"],
        str_state=of["unicode_object.state"],
        str_length=of["unicode_object.length"],
        str_ascii_size=ascii_size,
        str_compact_size=of.get(
            "unicode_object.compactunicodeobject_size", ascii_size + _COMPACT_AFTER_ASCII
        ),
        bytes_length=of["bytes_object.ob_size"],
        bytes_data=of["bytes_object.ob_sval"],
        object_type=of["pyobject.ob_type"],
        type_name=of["type_object.tp_name"],
    )
