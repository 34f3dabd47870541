"""Giving up rights, in a process of its own: there is no way back."""

import os
import subprocess
import sys

import pytest

CODE = """
from perfdiag.web.privileges import drop
print(drop())
print(open("/proc/self/status").read())
"""


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20
    ).stdout


def test_no_capability_is_left_and_none_can_come_back() -> None:
    fields = dict(line.split(":\t", 1) for line in run(CODE).splitlines() if ":\t" in line)
    assert {"0000000000000000"} == {fields[f"Cap{name}"] for name in ("Inh", "Prm", "Eff", "Amb")}
    assert "1" == fields["NoNewPrivs"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes nobody")
def test_root_becomes_nobody_with_an_empty_bounding_set() -> None:
    fields = dict(line.split(":\t", 1) for line in run(CODE).splitlines() if ":\t" in line)
    assert ["65534"] * 4 == fields["Uid"].split() == fields["Gid"].split()
    assert "" == fields["Groups"].strip()
    assert "0000000000000000" == fields["CapBnd"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has something that nobody may not read")
def test_files_of_root_are_out_of_reach() -> None:
    code = "from perfdiag.web.privileges import drop; drop(); open('/etc/shadow')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=20
    )
    assert "PermissionError" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be without its capabilities")
def test_root_without_the_right_to_become_nobody_loses_its_capabilities_all_the_same() -> None:
    code = "from perfdiag.web.privileges import drop; print(drop())"
    done = subprocess.run(
        ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all", sys.executable, "-c", code],
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    assert "uid 0, no capability, no new privileges\n" == done.stdout


def test_it_dies_with_its_parent() -> None:
    code = (
        "import os; from perfdiag.host.parent import die_with_parent;"
        " die_with_parent(os.getppid() + 1); print('alive')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=20
    )
    assert (1, "") == (done.returncode, done.stdout)
