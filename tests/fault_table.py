"""`pytest --fault-table`: what was injected how often, and how often the required behaviour was seen."""

from collections import defaultdict

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fault-table", action="store_true", help="print how each fault was met")


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    mark = item.get_closest_marker("fault")
    if mark is not None:
        item.user_properties[:] = [("fault", mark.args)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--fault-table"):
        return
    counts: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == "fault":
                    counts[value][outcome] += 1
    terminalreporter.section("faults")
    terminalreporter.write_line(f"{'#':>3}  {'injected':>8}  {'as required':>11}  {'skipped':>7}  what")
    for (number, what), seen in sorted(counts.items()):
        injected = seen["passed"] + seen["failed"] + seen["error"]
        line = f"{number:>3}  {injected:>8}  {seen['passed']:>11}  {seen['skipped']:>7}  {what}"
        terminalreporter.write_line(line)
