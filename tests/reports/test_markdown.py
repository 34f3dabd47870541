from dataclasses import replace

from perfdiag.reports.markdown import render
from tests.examples import CALM, FULL, INCONCLUSIVE, PEER_WAIT, REPORTS
from tests.reports.markdown_reading import inert, tables


def test_the_verdict_is_the_heading() -> None:
    assert render(FULL).startswith("## Warning: `net.peer-wait` in `orders.py:88 load`\n")
    assert render(CALM).startswith("## Healthy: ")
    assert render(INCONCLUSIVE).startswith("## Inconclusive: ")


def test_every_finding_has_a_row_in_the_first_table() -> None:
    rows = tables(render(FULL))[0]
    assert ["kind", "severity", "gain", "confidence", "where", "object"] == rows[0]
    assert [finding.kind for finding in FULL.findings] == [row[0] for row in rows[1:]]


def test_a_finding_tells_its_evidence_what_it_is_not_and_what_to_do() -> None:
    text = render(replace(FULL, findings=(PEER_WAIT,)))
    assert ["turns", "1.24k/s", "1.19k/s to 1.30k/s", "tcp_info"] in tables(text)[1]
    assert "- `cpu.runqueue`: run-queue wait is 1.2 % of busy time" in text
    assert "Fetch the rows in one query" in text
    assert "**Next:** `perfdiag profile -p 812 -d 10s`" in text


def test_code_in_advice_stays_code() -> None:
    advice = "Use `PRAGMA journal_mode=WAL`."
    text = render(replace(FULL, findings=(replace(PEER_WAIT, advice=advice),)))
    assert advice in text


def test_every_report_is_inert_and_keeps_its_tables() -> None:
    for name, report in REPORTS.items():
        text = render(report)
        assert [] == inert(text), name
        assert all(len(row) == len(rows[0]) for rows in tables(text) for row in rows)
