"""The texts of a kind of finding: Markdown beside the rules, one file per kind, and one per kind and pack.

`KIND.md` has the sections `Why it matters` and `What to do`. `KIND/PACK.md` says what else to do in a program
that uses the packages of that pack (perfdiag.packs).
"""

from importlib import resources
from importlib.resources.abc import Traversable

from perfdiag.ledger import Advice
from perfdiag.packs import PACKS

_WHY, _WHAT = "Why it matters", "What to do"


def _folder() -> Traversable:
    return resources.files("perfdiag.analyzers.rules").joinpath("advice")


def sections(kind: str) -> dict[str, str]:
    """Title -> text of all that is said of a kind; LookupError when there is no such file."""
    titles = {pack.name: pack.title for pack in PACKS}
    return _of_any_program(kind) | {f"With {titles[name]}": text for name, text in pack_texts(kind).items()}


def _of_any_program(kind: str) -> dict[str, str]:
    file = _folder().joinpath(f"{kind}.md")
    if not file.is_file():
        raise LookupError(kind)
    result: dict[str, str] = {}
    for part in file.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        result[title.strip()] = text.strip()
    return result


def pack_texts(kind: str) -> dict[str, str]:
    """Name of a pack -> its text for a kind, without the heading."""
    folder = _folder().joinpath(kind)
    files = ((pack.name, folder.joinpath(f"{pack.name}.md")) for pack in PACKS)
    return {
        name: file.read_text(encoding="utf-8").partition("\n")[2].strip()
        for name, file in files
        if file.is_file()
    }


def pattern_text(name: str) -> str:
    """What to do about a pattern, whatever the kind. Raises OSError when there is no such file."""
    file = resources.files("perfdiag.patterns").joinpath("advice", f"{name.replace(' ', '-')}.md")
    return file.read_text(encoding="utf-8").partition("\n")[2].strip()


def advice_for(kind: str) -> Advice:
    """Why the kind matters, and what to do about it in any program."""
    found = _of_any_program(kind)
    return Advice(why=found[_WHY], advice=found[_WHAT])
