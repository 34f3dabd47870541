"""What every collector must do, run over all that are discovered."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import perfdiag.collectors
from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.model import Kind, Sample
from perfdiag.plugins import Collector, discover
from perfdiag.text import printable
from perfdiag.units import Unit
from tests.hosts import CASES, PID, RecordedHost, recorded

COLLECTORS = discover(perfdiag.collectors, Collector)
every_collector = pytest.mark.parametrize("collector", COLLECTORS, ids=lambda collector: collector.name)
every_case = pytest.mark.parametrize("case", CASES)


def collect(collector: Collector, host: Host, pid: int = PID) -> tuple[list[Sample], str]:
    """What it yields, and what it says is missing."""
    found: list[Sample] = []
    try:
        found.extend(collector.collect(host, pid if collector.scope == "process" else None))
    except Missing as missing:
        return found, str(missing)
    return found, ""


def paths(tree: RecordedHost) -> list[str]:
    return sorted(str(path.relative_to(tree.root)) for path in tree.root.rglob("*") if path.is_file())


def test_there_are_collectors():
    assert len(COLLECTORS) >= 8


@every_collector
@every_case
def test_a_whole_host_is_read_without_a_loss(collector, case, tmp_path):
    found, missing = collect(collector, recorded(tmp_path, case).host)
    assert "" == missing
    assert found


@every_collector
def test_this_host_is_read(collector):
    found, _ = collect(collector, Host(), os.getpid())
    assert found


@every_collector
@every_case
def test_samples_are_raw_and_well_formed(collector, case, tmp_path):
    found, _ = collect(collector, recorded(tmp_path, case).host)
    keys = [(sample.name, sample.labels) for sample in found]
    assert sorted(set(keys)) == sorted(keys)
    for sample in found:
        assert isinstance(sample.unit, Unit)
        assert sample.value >= 0
        assert sample.name == sample.name.lower()
        assert all(value == printable(value) for _, value in sample.labels)


@every_collector
@every_case
def test_counters_grow_and_a_series_keeps_its_kind(collector, case, tmp_path):
    before, after = (
        {(s.name, s.labels): s for s in collect(collector, recorded(tmp_path, case, moment).host)[0]}
        for moment in ("t0", "t1")
    )
    assert before.keys() == after.keys()
    for key, sample in before.items():
        assert (sample.unit, sample.kind) == (after[key].unit, after[key].kind)
        assert sample.kind is Kind.GAUGE or sample.value <= after[key].value


@every_collector
def test_an_empty_host_is_missing_and_not_zero(collector, tmp_path):
    (tmp_path / "proc").mkdir()
    found, missing = collect(collector, Host(procfs=str(tmp_path / "proc"), sysfs=str(tmp_path / "sys")))
    assert [] == found
    assert missing


@every_collector
@every_case
def test_no_file_that_vanishes_breaks_a_collector(collector, case, tmp_path):
    tree = recorded(tmp_path, case)
    whole, _ = collect(collector, tree.host)
    for path in paths(tree):
        text = tree.read(path)
        tree.remove(path)
        found, _ = collect(collector, tree.host)
        assert {sample.name for sample in found} <= {sample.name for sample in whole}
        tree.write(path, text)


@every_collector
@every_case
@pytest.mark.parametrize("text", ["", "\n", "garbage\n", "\x00\xff(((\n", "9" * 5000 + "\n", "-1 -1 -1 -1\n"])
def test_a_garbled_host_gives_nothing_wrong(collector, case, text, tmp_path):
    tree = recorded(tmp_path, case)
    for path in paths(tree):
        tree.write(path, text)
    found, missing = collect(collector, tree.host)
    assert missing.isprintable()
    assert all(sample.value >= 0 for sample in found)


@every_collector
@every_case
def test_a_truncated_file_never_gives_a_smaller_number(collector, case, tmp_path):
    """Cut at any place, a file is read as it was or it is missing."""
    tree = recorded(tmp_path, case)
    whole = {(s.name, s.labels): s.value for s in collect(collector, tree.host)[0]}
    added_up = ("process.runqueue.wait", "process.slices", "process.switches", "memory.stalls", "cpu.online")
    for path in paths(tree):
        text = tree.read(path)
        for size in {len(text) // 3, len(text) // 2, max(0, len(text) - 2)}:
            tree.write(path, text[:size])
            for sample in collect(collector, tree.host)[0]:
                key = (sample.name, sample.labels)
                assert sample.name in added_up or whole[key] == sample.value, (path, size)
        tree.write(path, text)


@every_collector
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_file_content_makes_a_collector_raise_anything_but_missing(collector, tmp_path, data):
    tree = recorded(tmp_path / "t", data.draw(st.sampled_from(CASES)))
    for path in data.draw(st.lists(st.sampled_from(paths(tree)), max_size=4)):
        text = tree.read(path)
        at = data.draw(st.integers(0, len(text)))
        tree.write(path, text[:at] + data.draw(st.text(max_size=5)) + text[at + 1 :])
    found, missing = collect(collector, tree.host)
    assert missing.isprintable()
    assert all(value == printable(value) for sample in found for _, value in sample.labels)


@every_collector
def test_a_collector_has_a_manual_and_a_scope(collector):
    assert len(collector.help.split()) > 10
    assert collector.scope in ("host", "process")
    assert Path(perfdiag.collectors.__path__[0], f"{collector.name}.py").exists()
