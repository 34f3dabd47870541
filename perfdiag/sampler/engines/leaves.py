"""perf without stacks: in which native and kernel functions threads compute, a hundred times a second.

Of each sample the instruction alone is taken: no stack is copied, none is unwound. So it may run beside
another engine, for the second half of a look.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from perfdiag.host import Host
from perfdiag.host.commands import output_of
from perfdiag.model import Origin
from perfdiag.sampler.engines.aside import Aside
from perfdiag.sampler.engines.perf_script import leaf

_FREQUENCY = 99  # Hz; not in step with what happens every hundredth of a second
_MOST = "4M"  # of samples
_MOST_TEXT = 16 << 20  # bytes
_READING = 5.0  # seconds for the names of symbols


class Leaf(NamedTuple):
    """A function that computed; named by its file alone where that has no symbols."""

    function: str
    file: str
    origin: Origin


class Leaves:
    """A run of perf on some processes. OSError when it cannot be started."""

    def __init__(self, path: str, pids: Sequence[int], host: Host) -> None:
        self._path = path
        command = [path, "record", "--quiet", "--event", "cpu-clock", "--freq", str(_FREQUENCY)]
        command += ["--max-size", _MOST, "--no-buildid", "--no-buildid-cache", "--output", "{}"]
        command += ["--pid", ",".join(map(str, pids))]
        self.aside = Aside("perf", command, pids, host)

    @property
    def cpu(self) -> float:
        return self.aside.cpu

    def stop(self) -> None:
        self.aside.stop()

    def close(self) -> None:
        self.aside.close()

    def seen(self, tids: Collection[int]) -> Counter[Leaf]:
        """How often each function was met in these threads; call it after `stop`."""
        if self.aside.why:
            return Counter()
        os.lseek(self.aside.file, 0, os.SEEK_SET)
        command = [self._path, "script", "--input", f"/dev/fd/{self.aside.file}", "--ns", "--no-inline"]
        command += ["--fields", "pid,tid,time,ip,sym,dso"]
        try:
            text, _ = output_of(command, keep=(self.aside.file,), limit=_MOST_TEXT, timeout=_READING)
        except OSError:
            return Counter()
        return counted(text.decode("utf-8", "surrogateescape").split("\n"), tids)


def counted(lines: Iterable[str], tids: Collection[int]) -> Counter[Leaf]:
    """How often each function stands in what `perf script` printed of samples without stacks."""
    found: Counter[Leaf] = Counter()
    for line in lines:
        one = leaf(line)
        if one and one[0] in tids:
            found[Leaf(one[1].function, one[1].file, one[1].origin)] += 1
    return found
