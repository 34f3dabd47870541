"""The texts of a kind of finding: Markdown beside the rules, one file per kind.

A file has the sections `Why it matters` and `What to do`, and one section `With PACK` for each framework
whose users need other words; those of the packs that the target has loaded are added to the advice.
"""

from collections.abc import Iterable
from importlib import resources

from perfdiag.ledger import Advice

_WHY, _WHAT, _WITH = "Why it matters", "What to do", "With "


def sections(kind: str) -> dict[str, str]:
    """Title -> text of the file of a kind; LookupError when there is no such file."""
    file = resources.files("perfdiag.analyzers.rules").joinpath("advice", f"{kind}.md")
    if not file.is_file():
        raise LookupError(kind)
    result: dict[str, str] = {}
    for part in file.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        result[title.strip()] = text.strip()
    return result


def advice_for(kind: str, packs: Iterable[str] = ()) -> Advice:
    """Why the kind matters and what to do, for the packs that are in use."""
    found = sections(kind)
    texts = [found[_WHAT], *(found[_WITH + pack] for pack in packs if _WITH + pack in found)]
    return Advice(why=found[_WHY], advice="\n\n".join(texts))
