"""`make docs`: docs/agent-performance/findings.md from the rules, their limits and their advice."""

import sys
from collections.abc import Iterable
from pathlib import Path

import perfdiag.analyzers.rules
from perfdiag import gate
from perfdiag.advice import pattern_text, sections
from perfdiag.plugins import Limit, Rule, discover
from perfdiag.tailoring import patterns
from perfdiag.units import human

PAGE = Path(__file__).parent.parent / "docs" / "agent-performance" / "findings.md"

HEAD = """\
# Findings

Every kind of finding: what it says, how it is judged, why it matters and what to do; `perfdiag explain KIND`
prints the same. Written by `make docs` from the rules in `perfdiag/analyzers/rules/`; do not edit it.

A limit is compared with the lower bound of the interval, not with the point. It is changed with
`--set KIND.LIMIT=VALUE`. A kind that *explains* another one claims its time first; what the other one sees of
the same time is listed among its symptoms. [The guide](guide.md) says how to read a finding.
"""


def page(rules: Iterable[Rule]) -> str:
    """The whole page; kinds in alphabetical order."""
    known = sorted(rules, key=lambda rule: rule.kind)
    overview = ["| kind | resource | it says |", "|---|---|---|"]
    overview += [
        f"| [{rule.kind}](#{_anchor(rule.kind)}) | {rule.resource} | {_first_sentence(rule.help)} |"
        for rule in known
    ]
    return "\n".join([HEAD, *overview, "", *(entry(rule) for rule in known), shapes(), pressure()])


def shapes() -> str:
    """The patterns that findings may have."""
    lines = [
        "## Patterns",
        "",
        "A pattern says more about a finding; it is told only where it was measured.",
        "",
    ]
    for pattern in patterns():
        lines += [
            f"### Pattern: {pattern.name}",
            "",
            f"Of {', '.join(pattern.kinds)}.",
            "",
            pattern.help.strip(),
            "",
        ]
        lines += [pattern_text(pattern.name), ""]
    return "\n".join(lines)


def pressure() -> str:
    """When a group of threads is under pressure: the limits that all kinds share."""
    lines = [f"## {gate.NAME}", "", (gate.__doc__ or "").strip(), ""]
    return "\n".join(
        [*lines, "| limit | default | why this number |", "|---|---|---|", *map(_limit, gate.LIMITS), ""]
    )


def entry(rule: Rule) -> str:
    """One kind: manual, limits, what it relates to, advice."""
    lines = [
        f"## {rule.kind}",
        "",
        f"Resource: {rule.resource}. Aspect: {rule.aspect}.",
        "",
        rule.help.strip(),
        "",
    ]
    lines += ["| limit | default | why this number |", "|---|---|---|", *map(_limit, rule.limits), ""]
    if rule.explains:
        lines += [f"Explains: {', '.join(rule.explains)}.", ""]
    if rule.needs:
        lines += [f"Not evaluated without the signals: {', '.join(rule.needs)}.", ""]
    for title, text in sections(rule.kind).items():
        lines += [f"### {title}", "", text, ""]
    return "\n".join(lines)


def _limit(limit: Limit) -> str:
    return f"| {limit.name} | {human(limit.default, limit.unit)} | {limit.why} |"


def _anchor(kind: str) -> str:
    """How Markdown viewers name a heading: dots fall away."""
    return kind.replace(".", "")


def _first_sentence(text: str) -> str:
    first = " ".join(text.strip().partition("\n\n")[0].split())
    return first.partition(". ")[0].rstrip(".")


def main() -> int:
    PAGE.write_text(page(discover(perfdiag.analyzers.rules, Rule)), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
