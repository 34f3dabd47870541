/* Prints the offsets of perfdiag/sampler/cpython/tables.py for one CPython from 3.8 to 3.12 (from 3.13 on the
 * interpreter publishes its own). Once per minor version, with the headers of any release of it:
 *
 *   cc -I $PREFIX/include/python3.11 packaging/gen_layout.c -o gen_layout && ./gen_layout
 */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <stddef.h>
#include <stdio.h>
#include <frameobject.h>
#include "internal/pycore_pystate.h"
#if PY_MINOR_VERSION >= 9
#include "internal/pycore_gil.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_runtime.h"
#endif
#if PY_MINOR_VERSION >= 11
#include "internal/pycore_code.h"
#include "internal/pycore_frame.h"
#endif

#define AT(name, type, field) printf("    %s=%zu,\n", name, offsetof(type, field))
#define SIZE(name, type) printf("    %s=%zu,\n", name, sizeof(type))

static void interpreter(void) {
    AT("interpreters_head", _PyRuntimeState, interpreters.head);
#if PY_MINOR_VERSION < 12
    AT("runtime_gil", _PyRuntimeState, ceval.gil);
#else
    AT("interpreter_gil", PyInterpreterState, ceval.gil);
#endif
    AT("interpreter_next", PyInterpreterState, next);
#if PY_MINOR_VERSION < 11
    AT("threads_head", PyInterpreterState, tstate_head);
    AT("thread_births", PyInterpreterState, tstate_next_unique_id);
    AT("thread_count", PyInterpreterState, num_threads);
#else
    AT("threads_head", PyInterpreterState, threads.head);
#endif
#if PY_MINOR_VERSION == 8
    AT("runtime_collecting", _PyRuntimeState, gc.collecting);
#else
    AT("gc_collecting", PyInterpreterState, gc.collecting);
#endif
    AT("gil_holder", struct _gil_runtime_state, last_holder);
    AT("gil_locked", struct _gil_runtime_state, locked);
    SIZE("gil_size", struct _gil_runtime_state);
}

static void thread(void) {
    AT("thread_next", PyThreadState, next);
#if PY_MINOR_VERSION < 11
    AT("thread_pthread", PyThreadState, thread_id);
    AT("thread_current_frame", PyThreadState, frame);
#else
    AT("thread_tid", PyThreadState, native_thread_id);
    AT("thread_cframe", PyThreadState, cframe);
    AT("current_frame", _PyCFrame, current_frame);
    AT("thread_chunk", PyThreadState, datastack_chunk);
    AT("thread_top", PyThreadState, datastack_top);
#endif
}

static void frame(void) {
#if PY_MINOR_VERSION < 11
    AT("frame_code", PyFrameObject, f_code);
    AT("frame_previous", PyFrameObject, f_back);
    AT("frame_instruction", PyFrameObject, f_lasti);
    printf("    frame_unit=%d,\n", PY_MINOR_VERSION < 10 ? 1 : 2);
#if PY_MINOR_VERSION < 10
    AT("frame_state", PyFrameObject, f_executing);
    printf("    frame_executing=1,\n");
#else
    AT("frame_state", PyFrameObject, f_state);
    printf("    frame_executing=%d,\n", FRAME_EXECUTING);
#endif
#else
    AT("frame_code", _PyInterpreterFrame, f_code);
    AT("frame_previous", _PyInterpreterFrame, previous);
    AT("frame_instruction", _PyInterpreterFrame, prev_instr);
    AT("frame_owner", _PyInterpreterFrame, owner);
#if PY_MINOR_VERSION < 12
    AT("frame_is_entry", _PyInterpreterFrame, is_entry);
#endif
    SIZE("frame_size", _PyInterpreterFrame);
#endif
}

static void objects(void) {
    SIZE("code_size", PyCodeObject);
    AT("code_filename", PyCodeObject, co_filename);
#if PY_MINOR_VERSION < 11
    AT("code_qualname", PyCodeObject, co_name);
#else
    AT("code_qualname", PyCodeObject, co_qualname);
#endif
#if PY_MINOR_VERSION < 10
    AT("code_linetable", PyCodeObject, co_lnotab);
#else
    AT("code_linetable", PyCodeObject, co_linetable);
#endif
    AT("code_first_line", PyCodeObject, co_firstlineno);
#if PY_MINOR_VERSION < 11
    AT("code_string", PyCodeObject, co_code);
#else
    AT("code_bytecode", PyCodeObject, co_code_adaptive);
#endif
    AT("str_state", PyASCIIObject, state);
    AT("str_length", PyASCIIObject, length);
    SIZE("str_ascii_size", PyASCIIObject);
    SIZE("str_compact_size", PyCompactUnicodeObject);
    AT("bytes_length", PyVarObject, ob_size);
    AT("bytes_data", PyBytesObject, ob_sval);
    AT("object_type", PyObject, ob_type);
    AT("type_name", PyTypeObject, tp_name);
}

int main(void) {
    printf("# CPython %s\n", PY_VERSION);
    interpreter();
    thread();
    frame();
    objects();
    return 0;
}
