"""Quick looks at a real program while it grows."""

import contextlib
import os
import subprocess
import sys

import pytest

from perfdiag.sampler.close_up import Levels
from tests.sampler.test_client import pumped, sampling

PROGRAM = """
import os, time
kept = []
def compute():
    sum(range(20000))
def keep():
    kept.append((bytearray(400000), os.dup(1)))
print("ready", flush=True)
while True:
    keep()
    compute()
    time.sleep(0.005)
"""


def test_levels_are_pages_of_no_file_and_open_descriptors(tmp_path):
    levels = Levels("/proc", os.getpid())
    pages, descriptors = levels.read()
    held = bytearray(b"x" * (4 << 20))
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


def test_what_a_program_grows_by_is_credited_to_its_code():
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as child:
        try:
            assert "ready\n" == child.stdout.readline()
            with sampling(child, duration=2.0) as (sampler, recording):
                pumped(sampler, lambda: sampler.done)
        finally:
            child.kill()
    grown = dict.fromkeys(("pages", "descriptors"), 0.0)
    for sample in sampler.growth.samples(recording.processes):
        kind = sample.name.removeprefix("growth.")
        if kind in grown:
            grown[kind] += sample.value
            for stack in map(int, dict(sample.labels)["stacks"].split()):
                assert recording.stacks[stack].frames
    assert grown["pages"] >= 90
    assert grown["descriptors"] >= 1 or 0 == os.stat(f"/proc/{os.getpid()}/fd").st_size
