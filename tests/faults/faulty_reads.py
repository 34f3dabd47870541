"""Code for the start of a Python process: reads of /proc fail or come short now and then, by the seed."""

import random

PREFIX = """
import os, random, errno
_chance, _pread, _read = random.Random({seed}), os.pread, os.read
def _bad(descriptor):
    try:
        return os.readlink(f"/proc/self/fd/{{descriptor}}").startswith("/proc/") and _chance.random() < {rate}
    except OSError:
        return False
def _faulty(real):
    def read(descriptor, length, *rest):
        data = real(descriptor, length, *rest)
        if not _bad(descriptor):
            return data
        if _chance.random() < 0.5:
            raise OSError(errno.EIO, "Input/output error")
        return data[: _chance.randrange(len(data) + 1)]
    return read
os.pread, os.read = _faulty(_pread), _faulty(_read)
"""


def prefix(seed: int, rate: float = 0.05) -> str:
    """Two of a hundred reads of /proc fail with EIO, two come short, at this rate."""
    return PREFIX.format(seed=random.Random(seed).getrandbits(32), rate=rate)
