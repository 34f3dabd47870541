"""Quick looks at a real program while it grows."""

import subprocess
import sys

from tests.sampler.test_client import pumped, sampling

PROGRAM = """
import os, time
kept = []
def compute():
    sum(range(20000))
def keep():
    kept.append((b"%d" % len(kept) * 100000, os.dup(1)))
print("ready", flush=True)
while True:
    keep()
    compute()
    time.sleep(0.005)
"""


def grown(sampler, recording, kind):
    """What was credited, to stacks that are there."""
    found = [one for one in sampler.growth.samples(recording.processes) if one.name == f"growth.{kind}"]
    for sample in found:
        for stack in map(int, dict(sample.labels)["stacks"].split()):
            assert recording.stacks[stack].frames
    return sum(sample.value for sample in found)


def test_what_a_program_grows_by_is_credited_to_its_code():
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as child:
        try:
            assert "ready\n" == child.stdout.readline()
            with sampling(child, duration=20) as (sampler, recording):
                pumped(sampler, lambda: grown(sampler, recording, "pages") >= 90, seconds=20)
        finally:
            child.kill()
