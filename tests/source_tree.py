"""The package as text: its files, what they import, which attributes they use. Imports none of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
# The longest name first: a rule is in the package of rules
PLUGIN_PACKAGES = tuple(
    f"perfdiag.{one}" for one in ("analyzers.rules", "analyzers", "collectors", "patterns", "reports")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A source file: its path from the root of the repository, its dotted name, its text, its tree."""

    path: str
    text: str

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def unit(self) -> str:
        """'perfdiag.host.clock' -> 'host'; '' for the package itself."""
        return self.name.partition(".")[2].partition(".")[0]

    @property
    def plugin_package(self) -> str:
        return next((one for one in PLUGIN_PACKAGES if self.name.startswith(one + ".")), "")

    @property
    def private(self) -> bool:
        return self.name.rpartition(".")[2].startswith("_")

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


class Import(NamedTuple):
    line: int
    name: str  # dotted, the imported name included


def imports(module: Module) -> Iterator[Import]:
    """Every import, also those inside functions. Relative imports are refused by `layers`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from (Import(node.lineno, f"{origin}.{one.name}") for one in node.names)


def attributes(module: Module, owner: str) -> Iterator[tuple[int, str]]:
    """(line, 'name') of every `owner.name`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == owner:
            yield node.lineno, node.attr


def source_tree() -> tuple[Module, ...]:
    """Every Python file of the package."""
    files = sorted((ROOT / "perfdiag").rglob("*.py"))
    return tuple(Module(path=str(file.relative_to(ROOT)), text=file.read_text("utf-8")) for file in files)
