"""Open files of the whole host: `files.open` (handles of all processes) and `files.limit`.

Most kernels have no limit worth the name; one that was set by hand ends every open, socket and pipe of the
host when it is reached. From /proc/sys/fs/file-nr.
"""

from collections.abc import Iterable

from perfdiag.host import Host
from perfdiag.host.numerals import broken, naturals, whole_lines
from perfdiag.model import Sample
from perfdiag.plugins import Collector
from perfdiag.samples import gauge

_FILE = "sys/fs/file-nr"


def collect(host: Host, _pid: int | None) -> Iterable[Sample]:
    line = whole_lines(host.proc(_FILE), f"/proc/{_FILE}")[0]
    words = line.split()
    if len(words) != 3:
        raise broken(f"/proc/{_FILE}", "not three numbers", line)
    opened, free, limit = naturals(words, f"/proc/{_FILE}")
    yield gauge("files.open", max(0, opened - free))
    yield gauge("files.limit", limit)


SPEC = Collector(name="files", help=__doc__ or "", scope="host", collect=collect)
