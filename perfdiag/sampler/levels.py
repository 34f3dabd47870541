"""What a process has of memory and of descriptors, at the price of two short calls."""

import os

from perfdiag.sampler.burst import Level


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
