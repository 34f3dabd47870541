"""Interpreters that the reader does not read: what they are, what is seen of them, what can be done."""

import re
from collections.abc import Sequence

from perfdiag.host.elf import Mapping
from perfdiag.sampler.cpython.layout import Unsupported

_REST = "CPU, calls, files and peers are reported all the same"
_PY_SPY = "py-spy reads it (--engine py-spy)"

NOT_PYTHON = "not a CPython process"
TOO_OLD = f"is older than 3.8, and not known to this reader; {_REST}; {_PY_SPY}"
FREE_THREADED = (
    f"is a free-threaded build, which has other structs and no GIL; {_REST}; "
    "the same program under the ordinary build shows its lines"
)

_OTHERS = "of which neither perfdiag nor py-spy reads stacks"
_CPYTHON = "the same program under CPython shows its lines, and so does"

# What the path of a mapped program or library says, and what is told then
_SIGNS = {
    r"/ld-musl-|-linux-musl/libc\.so": (
        f"the interpreter is linked with musl, and only the structs of glibc are known; {_REST}; {_PY_SPY}"
    ),
    r"/(lib)?pypy(\d[^/]*)?$": f"this is PyPy, {_OTHERS}; {_REST}; {_CPYTHON} vmprof",
    r"/(graalpy|lib(graalpy|pythonvm))[^/]*$": (
        f"this is GraalPy, {_OTHERS}; {_REST}; {_CPYTHON} graalpy --cpusampler"
    ),
    r"/(lib)?python3\.\d+t([. -][^/]*)?$": f"this interpreter {FREE_THREADED}",
}
_MACHINES = {3: "x86 of 32 bits", 40: "arm", 183: "aarch64", 243: "riscv64"}  # e_machine of ELF files


def recognise(mappings: Sequence[Mapping]) -> None:
    """Unsupported for an interpreter that its files give away."""
    for row in mappings:
        for sign, words in _SIGNS.items():
            if "x" in row.permissions and re.search(sign, row.path):
                raise Unsupported(words)


def other_machine(number: int) -> Unsupported:
    """For an interpreter that was built for the machine with this number."""
    name = _MACHINES.get(number, f"machine {number}")
    return Unsupported(
        f"the interpreter is built for {name}, and only the structs of x86-64 are known; {_REST}; {_PY_SPY}"
    )
