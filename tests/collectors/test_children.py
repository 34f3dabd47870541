import os
import subprocess
import sys

from perfdiag.collectors.children import SPEC
from perfdiag.host import Host

_BUSY = "import sys, time\nwhile time.process_time() < 0.05: pass\nprint(flush=True)\nsys.stdin.read()"


def told():
    return {sample.name: sample.value for sample in SPEC.collect(Host(), os.getpid())}


def test_what_children_compute_is_told_while_they_live_and_after_they_were_waited_for():
    before = told()
    child = subprocess.Popen(
        [sys.executable, "-c", _BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        child.stdout.readline()
        during = told()
    after = told()
    assert 1 == during["children.alive"] - before["children.alive"]
    assert during["children.work"] - before["children.work"] >= 0.03  # clock ticks are 0.01
    assert before["children.alive"] == after["children.alive"]
    assert after["children.work"] >= during["children.work"]


def test_a_process_without_children_has_none():
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    with child:
        found = {sample.name: sample.value for sample in SPEC.collect(Host(), child.pid)}
    assert {"children.alive": 0, "children.work": 0} == found
