"""Three sentences, a line each: what is wrong, how much it costs, what to do."""

from perfdiag.diagnosis import Report
from perfdiag.plugins import Format
from perfdiag.text import printable, without_commands


def render(report: Report) -> str:
    return without_commands("".join(f"{printable(sentence)}\n" for sentence in report.brief))


SPEC = Format(name="brief", help=__doc__, suffixes=(".txt",), render=render)
