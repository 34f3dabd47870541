"""What Prometheus gets: valid names, bounded series, hostile text inside quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from perfdiag.daemon.ring_tables import Episode
from perfdiag.model import Kind, Sample
from perfdiag.units import Unit
from perfdiag.web.exposition import FAMILY_LIMIT, SERIES_LIMIT, Families, metric_name


def sample(name: str = "group.cpu", value: float = 1.0, *labels: tuple[str, str]) -> Sample:
    return Sample(name=name, value=value, unit=Unit.SECONDS, kind=Kind.COUNTER, labels=labels)


def scraped(families: Families) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(families)
    text = generate_latest(registry).decode("utf-8")
    found = [s for family in text_string_to_metric_families(text) for s in family.samples]
    assert len(found) == len({(s.name, tuple(sorted(s.labels.items()))) for s in found})
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for s in found}


@pytest.mark.parametrize(
    ("name", "unit", "metric"),
    [
        ("cpu.time", Unit.SECONDS, "perfdiag_cpu_time_seconds"),
        ("cpu.seconds", Unit.SECONDS, "perfdiag_cpu_seconds"),
        ("ticks.total", Unit.COUNT, "perfdiag_ticks"),
        ("disk.io-time/x", Unit.RATIO, "perfdiag_disk_io_time_x_ratio"),
        ("net.rate", Unit.BYTES_PER_SECOND, "perfdiag_net_rate_bytes_per_second"),
    ],
)
def test_names_carry_their_base_unit_once(name: str, unit: Unit, metric: str) -> None:
    assert metric == metric_name(name, unit)


def test_a_counter_ends_in_total() -> None:
    families = Families()
    families.add_samples([sample("cpu.time", 2.5, ("mode", "user"))], {})
    assert 2.5 == scraped(families)["perfdiag_cpu_time_seconds_total", (("mode", "user"),)]


@given(st.lists(st.text(st.characters(), max_size=40), max_size=30))
def test_no_name_can_break_a_scrape(names: list[str]) -> None:
    families = Families()
    families.add_samples([sample("group.cpu", 1.0, ("group", name)) for name in names], {})
    series = scraped(families)
    lines = [labels for name, labels in series if name == "perfdiag_group_cpu_seconds_total"]
    assert len(lines) + series["perfdiag_series_dropped", ()] == len(names)


@given(st.text(max_size=10), st.text(max_size=10))
def test_no_plug_in_can_break_a_scrape(name: str, label: str) -> None:
    families = Families()
    families.add_samples([sample("x." + name, 1.0, (label, "value"))], {})
    assert 2 == len(scraped(families))


def test_a_series_that_is_there_twice_is_sent_once_and_counted() -> None:
    families = Families()
    families.add_samples([sample("cpu.time", 1.0), sample("cpu.time", 2.0)], {})
    series = scraped(families)
    assert (1.0, 1.0) == (
        series["perfdiag_cpu_time_seconds_total", ()],
        series["perfdiag_series_dropped", ()],
    )


def test_one_family_cannot_spend_the_budget_of_all() -> None:
    families = Families()
    families.add_samples([sample("group.cpu", 1.0, ("group", str(n))) for n in range(10_000)], {})
    families.add_samples([sample("cpu.time")], {})
    series = scraped(families)
    assert FAMILY_LIMIT + 2 == len(series)
    assert 1.0 == series["perfdiag_cpu_time_seconds_total", ()]


def test_there_is_a_hard_limit_on_series() -> None:
    families = Families()
    families.add_samples([sample(f"a{n % 50}", 1.0, ("n", str(n))) for n in range(10_000)], {})
    series = scraped(families)
    assert SERIES_LIMIT + 1 == len(series)
    assert 10_000 - SERIES_LIMIT == series["perfdiag_series_dropped", ()]


def test_findings_are_counted_by_kind_and_severity() -> None:
    families = Families()
    families.add_findings(
        [Episode("host.disk", d, 2, 80.0, "") for d in ("sda", "sdb")]
        + [Episode("host.cpu", "host", 1, 30.0, "")]
    )
    series = scraped(families)
    assert 2.0 == series["perfdiag_findings", (("kind", "host.disk"), ("severity", "warning"))]
    assert 1.0 == series["perfdiag_findings", (("kind", "host.cpu"), ("severity", "notice"))]
