"""What a process has of memory and of descriptors, at the price of two short calls."""

import os
import resource
from math import inf

from perfdiag.sampler.burst import Level


def descriptor_limit(pid: int) -> float:
    """How many descriptors a process may have; infinite where that may not be asked, or there is no limit."""
    try:
        limit, _ = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    except (OSError, ValueError):
        return inf
    return inf if limit == resource.RLIM_INFINITY else float(limit)


class Levels:
    """What a process has: pages of no file, and descriptors."""

    def __init__(self, procfs: str, pid: int) -> None:
        """OSError when it has ended or no descriptor is left."""
        self._memory = os.open(f"{procfs}/{pid}/statm", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._folder = os.open(f"{procfs}/{pid}/fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            self._folder = -1  # may not be listed: then nothing is said of descriptors

    def read(self) -> Level:
        """OSError when it has ended. The size of the directory is the number of descriptors from Linux 6.2
        on, and 0 before."""
        words = os.pread(self._memory, 256, 0).split()
        if len(words) < 3:
            raise ProcessLookupError
        descriptors = os.fstat(self._folder).st_size if self._folder >= 0 else 0
        return int(words[1]) - int(words[2]), descriptors

    def close(self) -> None:
        for descriptor in (self._memory, self._folder):
            if descriptor >= 0:
                os.close(descriptor)
