import contextlib
import mmap
import os
import resource
import subprocess
from math import inf

import pytest

from perfdiag.sampler.levels import Levels, descriptor_limit


def test_levels_are_pages_of_no_file_and_open_descriptors(tmp_path):
    levels = Levels("/proc", os.getpid())
    pages, descriptors = levels.read()
    held = mmap.mmap(-1, 4 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    held.write(b"x" * len(held))
    with contextlib.ExitStack() as opened:
        for number in range(5):
            opened.enter_context((tmp_path / str(number)).open("w"))
        more = levels.read()
    levels.close()
    assert more[0] - pages >= len(held) // 4096 * 0.9
    assert (more[1] - descriptors) in (0, 5)  # 0 on a kernel that does not tell


def test_a_process_that_has_ended_has_no_levels():
    with subprocess.Popen(["/bin/sleep", "60"]) as child:
        levels = Levels("/proc", child.pid)
        child.kill()
        child.wait()
        with pytest.raises(ProcessLookupError):
            levels.read()
        levels.close()


def test_how_many_descriptors_a_process_may_have():
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == descriptor_limit(os.getpid())
    assert inf == descriptor_limit(1 << 30)
