/* Prints the offsets of perfdiag/sampler/cpython/layout.py for one CPython before 3.13 (from 3.13 on the
 * interpreter publishes its own). Once per minor version, with the headers of any release of it:
 *
 *   cc -I $PREFIX/include/python3.11 packaging/gen_layout.c -o gen_layout && ./gen_layout
 */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <stddef.h>
#include <stdio.h>
#include <frameobject.h>
#include "internal/pycore_code.h"
#include "internal/pycore_frame.h"
#include "internal/pycore_gil.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_runtime.h"

#define AT(name, type, field) printf("    %s=%zu,\n", name, offsetof(type, field))
#define SIZE(name, type) printf("    %s=%zu,\n", name, sizeof(type))

int main(void) {
    printf("# CPython %s\n", PY_VERSION);
    AT("interpreters_head", _PyRuntimeState, interpreters.head);
#if PY_MINOR_VERSION < 12
    AT("runtime_gil", _PyRuntimeState, ceval.gil);
#else
    AT("interpreter_gil", PyInterpreterState, ceval.gil);
#endif
    AT("interpreter_next", PyInterpreterState, next);
    AT("threads_head", PyInterpreterState, threads.head);
    AT("gc_collecting", PyInterpreterState, gc.collecting);
    AT("gil_holder", struct _gil_runtime_state, last_holder);
    AT("gil_locked", struct _gil_runtime_state, locked);
    SIZE("gil_size", struct _gil_runtime_state);
    SIZE("thread_size", PyThreadState);
    AT("thread_next", PyThreadState, next);
    AT("thread_tid", PyThreadState, native_thread_id);
    AT("thread_cframe", PyThreadState, cframe);
    AT("current_frame", _PyCFrame, current_frame);
    AT("thread_chunk", PyThreadState, datastack_chunk);
    AT("thread_top", PyThreadState, datastack_top);
    AT("frame_code", _PyInterpreterFrame, f_code);
    AT("frame_previous", _PyInterpreterFrame, previous);
    AT("frame_instruction", _PyInterpreterFrame, prev_instr);
    AT("frame_owner", _PyInterpreterFrame, owner);
#if PY_MINOR_VERSION < 12
    AT("frame_is_entry", _PyInterpreterFrame, is_entry);
#endif
    SIZE("frame_size", _PyInterpreterFrame);
    SIZE("code_size", PyCodeObject);
    AT("code_filename", PyCodeObject, co_filename);
    AT("code_qualname", PyCodeObject, co_qualname);
    AT("code_linetable", PyCodeObject, co_linetable);
    AT("code_first_line", PyCodeObject, co_firstlineno);
    AT("code_bytecode", PyCodeObject, co_code_adaptive);
    AT("str_state", PyASCIIObject, state);
    AT("str_length", PyASCIIObject, length);
    SIZE("str_ascii_size", PyASCIIObject);
    SIZE("str_compact_size", PyCompactUnicodeObject);
    AT("bytes_length", PyVarObject, ob_size);
    AT("bytes_data", PyBytesObject, ob_sval);
    AT("object_type", PyObject, ob_type);
    AT("type_name", PyTypeObject, tp_name);
    return 0;
}
