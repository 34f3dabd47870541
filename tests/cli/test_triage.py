"""`perfdiag triage` on this host: who is busy, what is refused, and that it can be ended early."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from perfdiag import schemas
from tests.cli.running import ROOT, finish, perfdiag, program, start, until

# Every CPU, in code that releases the GIL
HOT = """
import hashlib, os, threading
def burn():
    block = bytes(1 << 20)
    while True: hashlib.sha256(block)
for _ in range(os.cpu_count()): threading.Thread(target=burn).start()
print("ready", flush=True)
"""


@pytest.fixture
def hot():
    """A process that computes without a pause, and rather than others where that is permitted."""
    with program(sys.executable, "-c", HOT, start_new_session=True) as process:
        group = Path(f"/proc/{process.pid}/autogroup")
        if ROOT and group.exists():
            group.write_text("-4")
        elif ROOT:
            os.setpriority(os.PRIO_PROCESS, process.pid, -4)
        yield process.pid


def test_the_busiest_process_is_named_first_with_the_command_to_paste(hot, tmp_path):
    ended = perfdiag("triage", "-d", "2", "-o", tmp_path / "triage.json")
    assert 0 == ended.code, ended.err
    assert f"perfdiag profile -p {hot}\n" in ended.out
    found = json.loads((tmp_path / "triage.json").read_text("utf-8"))
    assert [] == list(Draft202012Validator(json.loads(schemas.text("triage"))).iter_errors(found))
    first = found["processes"][0]
    assert (hot, os.getuid()) == (first["pid"], first["uid"])
    assert first["figures"]["cpu"]["value"] > 0.5
    assert f"perfdiag profile -p {hot}" == found["next"][0]["command"]


def test_perfdiag_is_none_of_the_processes():
    process = start("triage", "-d", "1", "-f", "json")
    ended = finish(process)
    assert process.pid not in {one["pid"] for one in json.loads(ended.out)["processes"]}


def test_three_sentences_where_they_are_asked_for():
    ended = perfdiag("triage", "-d", "0.5", "-f", "brief")
    assert (0, 3) == (ended.code, ended.out.count("\n"))


@pytest.mark.parametrize(
    ("number", "code", "reason"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_ended_early_it_tells_what_it_saw(number, code, reason):
    process = start("triage", "-d", "60", "-f", "json")
    until(lambda: len(os.listdir(f"/proc/{process.pid}/fd")) > 12, 20.0)  # it has begun to sweep
    time.sleep(1.0)
    process.send_signal(number)
    ended = finish(process)
    found = json.loads(ended.out)
    assert (code, reason) == (ended.code, found["about"]["ended"])
    assert 1 <= found["about"]["looks"] <= 30
    assert found["resources"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("-d", "11m"), "a triage takes ten minutes at most"),
        (("-o", "run.perfdiag"), "a triage cannot be recorded"),
        (("-f", "sarif"), "there is no format 'sarif'"),
        (("-o", "run.md"), "the format of 'run.md' is not known"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_looked_at(words, error):
    ended = perfdiag("triage", *words)
    assert (2, error) == (ended.code, ended.told["error"])
    assert ended.told["fix"]
    assert ended.seconds < 5


def test_no_proc_is_told(tmp_path):
    ended = perfdiag("triage", "-d", "1", "--procfs", tmp_path / "absent")
    assert (3, "no process can be seen") == (ended.code, ended.told["error"])


NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
_TRY = (*NOBODY, sys.executable, "-c", "import perfdiag")


@pytest.mark.skipif(
    not ROOT or subprocess.run(_TRY, capture_output=True, check=False).returncode != 0,
    reason="needs root to become somebody else who can read the checkout",
)
def test_an_ordinary_user_gets_what_can_be_seen_and_is_told_what_cannot(hot):
    process = start("triage", "-d", "1", "-f", "json", before=NOBODY, cwd="/")
    ended = finish(process)
    assert 0 == ended.code, ended.err
    found = json.loads(ended.out)
    assert hot == found["processes"][0]["pid"]
    assert "read" not in found["processes"][0]["figures"]
    assert f"sudo perfdiag profile -p {hot}" == found["next"][0]["command"]
    assert [text for text in found["unseen"] if text.startswith("bytes to and from disks of ")]
