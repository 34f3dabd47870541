"""Recorded /proc and /sys trees, each at two moments two seconds apart (t0 and t1), one text file per moment.

cgroup_v1  a virtual machine with 2 CPUs and each controller of version 1 mounted alone; process 4711 has two
           threads, computes and syncs a file, in a group with a quota of 0.3 CPUs. Recorded on Linux 6.18;
           only lines that are read were kept, the number of the process changed, the speed of eth0 added.
cgroup_v2  the same machine, its control groups written by hand: version 2, a service with a quota of half a
           CPU and a memory limit that it reaches.

`recorded` unpacks one; what a test wants to be otherwise (no pressure, a counter that went back, another
name) it removes or writes into the unpacked tree.
"""

import re
import shutil
from pathlib import Path

from perfdiag.host import Host

PID = 4711
CASES = ("cgroup_v1", "cgroup_v2")
SECONDS = 2.0  # between t0 and t1

_HERE = Path(__file__).parent
_HEADING = re.compile(r"^-- (.+) --\n", re.MULTILINE)


class RecordedHost:
    """A tree in a directory of a test's own. Paths begin with 'proc/' or 'sys/'."""

    def __init__(self, root: Path, files: dict[str, str]) -> None:
        self.root = root
        for path, text in files.items():
            self.write(path, text)

    @property
    def host(self) -> Host:
        return Host(procfs=str(self.root / "proc"), sysfs=str(self.root / "sys"))

    def read(self, path: str) -> str:
        return (self.root / path).read_text("utf-8", "surrogateescape")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", "surrogateescape", newline="")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace what must be there."""
        text = self.read(path)
        assert old in text
        self.write(path, text.replace(old, new))

    def remove(self, path: str) -> None:
        target = self.root / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()


def files_of(case: str, moment: str) -> dict[str, str]:
    """Path -> text of one recorded moment."""
    parts = _HEADING.split((_HERE / f"{case}.{moment}.txt").read_text("utf-8"))[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def recorded(root: Path, case: str, moment: str = "t0") -> RecordedHost:
    return RecordedHost(root / f"{case}.{moment}", files_of(case, moment))
