"""Colours for a report at a terminal; the words stay, for eyes and pipes."""

import re

_COLOURS = {
    "CRITICAL": "1;31",
    "WARNING": "1;33",
    "NOTICE": "1;36",
    "INFO": "1",
    "INCONCLUSIVE": "1;35",
    "HEALTHY": "1;32",
    "STOPPED": "1;35",
}
_SEVERITY = re.compile(rf"\b({'|'.join(_COLOURS)})\b")
_HEADLINE = re.compile(rf"^(?:[1-9]\. |(?:{'|'.join(_COLOURS)}): )")
_HEADING = re.compile(
    r"^(?:Where busy thread time goes|Hot functions, of the CPU time|Two processes|Resources"
    r"|Measured for an open question|Not evaluated, not seen)$"
)


def colourise(text: str) -> str:
    """A rendered report with severities and headings in colour."""
    lines = []
    for line in text.split("\n"):
        if _HEADLINE.match(line):
            line = _SEVERITY.sub(lambda found: f"\x1b[{_COLOURS[found[0]]}m{found[0]}\x1b[0m", line, count=1)
        elif _HEADING.match(line):
            line = f"\x1b[1m{line}\x1b[0m"
        lines.append(line)
    return "\n".join(lines)
