import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from perfdiag.model import TimeClass
from perfdiag.reports.pprof import render
from tests.examples import EMPTY, FULL, META, REPORTS
from tests.reports.pprof_reading import Sample, read


def test_a_sample_has_its_stack_from_the_leaf_its_time_and_its_labels() -> None:
    expected = Sample(
        frames=("load orders.py:88 from 80", "serve views.py:4 from 1"),
        values={"busy": 4_123_400_000, "network": 4_123_400_000},
        labels={"class": "network", "group": "worker"},
    )
    assert expected == read(render(FULL)).samples[0]


def test_each_class_that_was_seen_is_a_sample_type() -> None:
    profile = read(render(FULL))
    assert [(name, "nanoseconds") for name in ("busy", "gil", "network", "sleep")] == profile.types
    assert "busy" == profile.default


def test_idle_time_is_a_sample_type_and_not_busy() -> None:
    idle = replace(FULL, profile=(replace(FULL.profile[0], time=TimeClass.IDLE),))
    assert {"idle": 4_123_400_000} == read(render(idle)).samples[0].values


def test_a_stack_without_frames_is_its_class() -> None:
    assert ("[gil] :0 from 0",) == read(render(FULL)).samples[2].frames


def test_when_and_how_long_and_how_often_is_said() -> None:
    profile = read(render(FULL))
    assert (1_790_000_000_500_000_000, 10_007_797_000, 10_000_000) == (
        profile.time,
        round(profile.duration, -3),
        profile.period,
    )
    assert ["perfdiag 0.1.0: gunicorn (pid 4711)"] == profile.comments


def test_an_empty_report_is_a_profile_without_samples() -> None:
    assert ([], [("busy", "nanoseconds")]) == (read(render(EMPTY)).samples, read(render(EMPTY)).types)


def test_a_time_that_no_calendar_has_is_the_last_that_fits() -> None:
    assert 9 * 10**18 == read(render(replace(EMPTY, meta=replace(META, started=1e300)))).time


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(FULL) == render(FULL)


@pytest.mark.readers
@pytest.mark.skipif(not shutil.which("go"), reason="needs go tool pprof (Debian golang-go)")
@pytest.mark.parametrize("name", REPORTS)
def test_go_tool_pprof_reads_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / "run.pb.gz"
    path.write_bytes(render(REPORTS[name]))

    def pprof(*words: str) -> str:
        command = ["go", "tool", "pprof", *words, path]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    raw = pprof("-raw")
    assert ["busy/nanoseconds[dflt]"] == raw.partition("Samples:\n")[2].split()[:1]
    if name == "full":
        assert "class:[network] group:[worker]" in raw
        assert "4.12s   100%   100%      4.12s   100%  load" in pprof("-top", "-sample_index=network")
        assert "500ms" in pprof("-top", "-tagfocus=class=gil")
