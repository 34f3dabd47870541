"""What a reader of the report must know of a program whose stacks are read: what they do not show."""

import re
from collections.abc import Sequence

from perfdiag.host.elf import Mapping
from perfdiag.sampler.cpython.reader import Reader

_UVLOOP = re.compile(r"/uvloop/loop\.[^/]*\.so$")
_GREENLETS = {
    "gevent": re.compile(r"/gevent/.*\.so$"),
    "greenlet": re.compile(r"/greenlet/[^/]*\.so$"),
}
_QUALIFIED_NAMES = (3, 11)


def notes(mappings: Sequence[Mapping], reader: Reader | None) -> tuple[str, ...]:
    """For `Meta.blind`, from the parsed /proc/PID/maps and what reads the interpreter."""
    paths = {row.path for row in mappings if row.path.endswith(".so")}
    found = []
    library = next((name for name, sign in _GREENLETS.items() if any(map(sign.search, paths))), None)
    if library:
        found.append(
            f"greenlets that wait ({library} is loaded): a thread's stack is that of the greenlet that runs"
        )
    if any(map(_UVLOOP.search, paths)):
        found.append(
            "the event loop itself (uvloop is loaded): it is C code without Python frames; callbacks are seen"
        )
    if reader is not None:
        if reader.runtime.version < _QUALIFIED_NAMES:
            found.append("the classes of methods: CPython before 3.11 has no qualified names, only bare ones")
        if own := reader.interpreters.own_gils():
            found.append(
                f"who holds the GILs of {own} subinterpreters: their stacks are read, but only the main "
                "interpreter's GIL is judged, and waits for theirs look like waits for a lock"
            )
    return tuple(found)
