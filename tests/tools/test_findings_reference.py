"""The reference of findings says what the rules say."""

import perfdiag.analyzers.rules
from perfdiag.plugins import Limit, Rule, discover
from perfdiag.units import Unit
from tools.findings_reference import PAGE, entry, page

RULES = discover(perfdiag.analyzers.rules, Rule)


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(RULES), "run `make docs`"


def test_an_entry_has_the_limit_with_its_reason() -> None:
    limit = Limit(name="share_notice", default=0.1, unit=Unit.RATIO, why="two threads that take turns")
    rule = Rule(
        kind="cpu.gil",
        resource="gil",
        aspect="saturation",
        help="Threads wait.\n",
        needs=("time.busy",),
        limits=(limit,),
        explains=("sleep",),
        diagnose=lambda signals, limits: (),
    )
    lines = entry(rule).splitlines()
    assert "## cpu.gil" == lines[0]
    assert "| share_notice | 10 % | two threads that take turns |" in lines
    assert "Explains: sleep." in lines
    assert "### Why it matters" in lines
