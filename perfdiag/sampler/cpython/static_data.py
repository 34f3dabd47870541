"""Where the static variables of an interpreter lie: its GIL is among them, whichever version it is.

`_PyRuntime` is static, and holds the GIL (before 3.12) or the main interpreter with its own. So a futex in
that memory is the GIL even of an interpreter whose structs are not known.
"""

import os
from collections.abc import Sequence

from perfdiag.host.elf import Mapping


def static_data(mappings: Sequence[Mapping]) -> tuple[int, int]:
    """Start and end of the writable data of the interpreter's library, or of its program; (0, 0) when the
    process is no interpreter."""
    for name in ("libpython", "python"):
        rows = [
            row
            for row in mappings
            if row.permissions.startswith("rw") and os.path.basename(row.path).startswith(name)
        ]
        if rows:
            return rows[0].start, _with_bss(rows[-1], mappings)
    return 0, 0


def _with_bss(data: Mapping, mappings: Sequence[Mapping]) -> int:
    """The end of the data and of the memory without a file that follows it at once: variables that are zero
    at first."""
    follows = (row for row in mappings if row.start == data.end and not row.path and "w" in row.permissions)
    return next((row.end for row in follows), data.end)
