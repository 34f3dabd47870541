"""NVML through its ABI: against a stand-in with its signatures, for there is no GPU where tests run."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from perfdiag.errors import Broken, Denied, NoData
from perfdiag.host import nvml
from perfdiag.host.gpu import gpus_of

SOURCE = Path(__file__).with_name("nvml_stand_in.c")
COMPILER = shutil.which("cc") or shutil.which("gcc")


@pytest.fixture
def library(tmp_path):
    """Builds a stand-in whose nvmlInit_v2 returns a code."""
    if COMPILER is None:
        pytest.skip("no C compiler")

    def built(code=0):
        path = tmp_path / f"libnvidia-ml-{code}.so"
        subprocess.run(
            [COMPILER, "-shared", "-fPIC", f"-DINIT={code}", "-o", str(path), str(SOURCE)], check=True
        )
        return str(path)

    return built


def test_every_gpu_that_may_be_looked_at_is_read(library):
    first, second = nvml.read(library())
    assert {
        "index": 0,
        "name": "NVIDIA H200",
        "utilization": 37,
        "memory_utilization": 12,
        "memory_used": 9020899328,
        "memory_total": 150754820096,
        "power_mw": 175000,
        "power_limit_mw": 700000,
        "throttle": 0x24,
        "processes": [{"pid": 4711, "memory": 8589934592}, {"pid": 4712, "memory": None}],
    } == first
    assert "\x1b" not in second["name"]
    assert {None} == {value for name, value in second.items() if name not in ("index", "name")}


def test_what_is_read_becomes_records(library):
    first, second = gpus_of(json.dumps(nvml.read(library())).encode())
    assert (0.37, 0.25) == (first.utilization, first.power)
    assert ("power cap", "heat (software)") == first.throttles
    assert ((4711, 8589934592), (4712, None)) == first.processes
    assert (None, None, (), ()) == (second.utilization, second.power, second.throttles, second.processes)


def test_the_library_is_opened_once(library):
    path = library()
    nvml.read(path)
    Path(path).unlink()
    assert 2 == len(nvml.read(path))


@pytest.mark.parametrize(("code", "kind"), [(9, NoData), (4, Denied), (18, Broken)])
def test_a_library_that_refuses_says_so(library, code, kind):
    with pytest.raises(kind, match=f"nvmlInit_v2 returned {code}"):
        nvml.read(library(code))


def test_a_host_without_the_library_has_no_data(tmp_path):
    with pytest.raises(NoData, match="cannot be loaded"):
        nvml.read(str(tmp_path / "libnvidia-ml.so.1"))
