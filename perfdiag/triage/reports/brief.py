"""Three sentences, a line each: what is saturated, which process is behind it, what to look at next."""

from perfdiag.plugins import Format
from perfdiag.text import printable, without_commands
from perfdiag.triage.records import Triage


def render(triage: Triage) -> str:
    return without_commands("".join(f"{printable(sentence)}\n" for sentence in triage.brief))


SPEC = Format(name="brief", help=__doc__, suffixes=(".txt",), render=render)
