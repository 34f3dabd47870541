from dataclasses import replace

from perfdiag.diagnosis import Contrast, ContrastRow
from perfdiag.model import Place
from perfdiag.reports.markdown import render
from tests.examples import CALM, FULL, INCONCLUSIVE, PEER_WAIT, REPORTS, hostile, ratio
from tests.reports.markdown_reading import inert, tables


def test_the_verdict_is_the_heading() -> None:
    assert render(FULL).startswith("## Warning: `net.peer-wait` in `orders.py:88 load`\n")
    assert render(CALM).startswith("## Healthy: ")
    assert render(INCONCLUSIVE).startswith("## Inconclusive: ")


def test_every_finding_has_a_row_in_the_first_table() -> None:
    rows = tables(render(FULL))[0]
    assert ["kind", "severity", "gain", "confidence", "where", "object"] == rows[0]
    assert [finding.kind for finding in FULL.findings] == [row[0] for row in rows[1:]]


def test_a_place_in_a_program_whose_lines_are_not_known_has_none() -> None:
    native = replace(FULL.findings[0], where=Place(file="/usr/bin/zstd", function="compress", line=0))
    assert "in `/usr/bin/zstd compress`" in render(replace(FULL, findings=(native,))).partition("\n")[0]


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


def test_two_processes_are_compared_in_a_table() -> None:
    rows = (
        ContrastRow(
            kind="total", name="", base=1.0, other=1.5, difference=ratio(0.5, 0.4, 0.6), change=None,
            certain=True,
        ),
        ContrastRow(
            kind="function", name="f", base=0.1, other=0.1, difference=ratio(0.0, 0.0, 0.0),
            change=ratio(0.01, 0.0, 0.1), certain=False, where=PEER_WAIT.where,
        ),
    )  # fmt: skip
    contrast = Contrast(
        base="a|b (pid 1)", other="b (pid 2)", verdict="worse", because="50 % more", limit=0.1, rows=rows
    )
    text = render(replace(FULL, contrast=contrast))
    assert r"b (pid 2) against a\|b (pid 1): worse; 50 % more" in text
    found = next(rows for rows in tables(text) if rows[0][0] == "busy threads")
    assert ["in all", "1.00", "1.50", "50 % (40 % to 60 %)", "", "differs"] == found[1]
    assert "orders.py:88 load" == found[2][0]
    assert [] == inert(render(hostile(replace(FULL, contrast=contrast))))


def test_every_report_is_inert_and_keeps_its_tables() -> None:
    for name, report in REPORTS.items():
        text = render(report)
        assert [] == inert(text), name
        assert all(len(row) == len(rows[0]) for rows in tables(text) for row in rows)
