"""A scenario with other names: its files, functions and classes are called m1, f1, C1 ...

So that a diagnosis cannot rest on what something is called. A name is replaced wherever it stands in the
files of the scenario, but for names that libraries know too: what overrides or calls their methods would be
another program. Texts are left alone.
"""

import ast
import importlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from inspect import isclass
from pathlib import Path

from tests.scenarios.truth import Scenario

HERE = Path(__file__).parent
PROGRAMS = (("targets", "program"), ("peers", "peer"), ("peers", "client"))  # folder, field of Scenario
Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def renamed(scenario: Scenario, directory: Path) -> Scenario:
    """The same scenario, staged from copies of its programs under `directory`, which must exist."""
    names: dict[str, str] = {}
    changed = {}
    for folder, field in PROGRAMS:
        if program := getattr(scenario, field):
            place = directory / field
            place.mkdir()
            files = files_of(HERE / folder / program)
            modules = {path.stem: f"m{number}" for number, path in enumerate(files, 1)}
            trees = [ast.parse(path.read_text()) for path in files]
            names = neutral_names(trees, modules)
            for path, tree in zip(files, trees, strict=True):
                text = ast.unparse(ast.fix_missing_locations(_Renamer(names, modules).visit(tree)))
                (place / f"{modules[path.stem]}.py").write_text(text + "\n")
            changed[field] = str(place / f"{modules[files[0].stem]}.py")
            if field == "program":
                changed |= {"thread": names.get(scenario.thread, scenario.thread)}
                truth = scenario.truth
                where = truth.where if truth else None
                if truth is not None and where is not None:
                    changed |= {"truth": replace(truth, where=names.get(where, where))}
    return replace(scenario, **changed)


def files_of(program: Path) -> list[Path]:
    """The program, and the files beside it that it imports, directly or not."""
    found, left = [program], [program]
    while left:
        for name in imported(ast.parse(left.pop().read_text())):
            path = program.with_name(f"{name}.py")
            if path.exists() and path not in found:
                found.append(path)
                left.append(path)
    return found


def imported(tree: ast.AST) -> set[str]:
    """The modules that are imported anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def neutral_names(trees: Iterable[ast.Module], modules: Mapping[str, str]) -> dict[str, str]:
    """New names of the functions and classes that are defined there, in the order of their definition."""
    trees = list(trees)
    kept = _known_to_libraries(trees, modules) | _told_as_options(trees)
    defined = [node for tree in trees for node in ast.walk(tree) if isinstance(node, Defined)]
    names: dict[str, str] = {}
    for node in defined:
        if node.name not in kept and not node.name.startswith("__"):
            letter = "C" if isinstance(node, ast.ClassDef) else "f"
            names.setdefault(node.name, f"{letter}{len(names) + 1}")
    return names


def _known_to_libraries(trees: Iterable[ast.Module], modules: Mapping[str, str]) -> set[str]:
    """Names in the modules that are imported, in their classes, and in those of the language."""
    found = {"builtins"}.union(*(imported(tree) for tree in trees)) - modules.keys()
    for name in found:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    # what a module hands out may come from another part of its package
    packages = {name.partition(".")[0] for name in found}
    kept: set[str] = set()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in packages:
            for key, value in vars(module).items():
                kept.add(key)
                if isclass(value):
                    kept.update(dir(value))
    return kept


def _told_as_options(trees: Iterable[ast.Module]) -> set[str]:
    """Names that argparse makes of texts."""
    texts = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text.removeprefix("--").replace("-", "_") for text in texts if text.startswith("--")}


class _Renamer(ast.NodeTransformer):
    """Replaces names of functions and classes, and of the modules that are imported."""

    def __init__(self, names: Mapping[str, str], modules: Mapping[str, str]) -> None:
        self._names, self._modules = names, modules

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field, value in ast.iter_fields(node):
            if isinstance(node, ast.Constant):
                continue
            modules = isinstance(node, ast.ImportFrom) and field == "module"
            known = self._modules if modules else self._names
            if isinstance(value, str):
                setattr(node, field, known.get(value, value))
            elif isinstance(value, list) and value and isinstance(value[0], str):  # global, nonlocal
                setattr(node, field, [known.get(name, name) for name in value])
        if isinstance(node, ast.Import):
            for alias in node.names:
                alias.name = self._modules.get(alias.name, alias.name)
        return super().generic_visit(node)
