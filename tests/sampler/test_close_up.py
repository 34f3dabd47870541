"""Quick looks at a real program while it grows."""

import os
import subprocess
import sys

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
