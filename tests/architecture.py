"""The rules of the source tree, as functions from a parsed module to what breaks them.

Each check yields (line, what is wrong). `EXEMPT` names the places that may break one, each with its reason; a
reason that is no longer needed is itself reported. Nothing here imports perfdiag: it reads its text.
"""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from tests.source_tree import ROOT, Module, attributes, imports

FILE_LINES, FUNCTION_LINES = 250, 40

# Lowest first; a module may import what stands in a line above its own, and its own package.
LEVELS = (
    ("errors", "units", "text", "__version__"),
    ("model",),
    ("diagnosis", "ticks"),
    ("stats", "host", "timetable", "peer_time", "recording", "origins", "packs", "score", "schemas", "case"),
    ("plugins", "storage", "log", "samples", "readings"),
    ("gate",),
    ("options", "judge", "judge_level", "facts"),
    ("judge_io", "judge_peers"),
    ("sampler", "inspection", "requests"),
    ("attribution", "meta"),
    ("collectors", "analyzers", "patterns", "reports"),
    ("open_question",),
    ("second_look",),
    ("claims", "collect", "contrast"),
    ("confidence",),
    ("undecided",),
    ("ledger",),
    ("advice", "summary"),
    ("tailoring",),
    ("engine",),
    ("baseline",),
    ("daemon",),
    ("triage", "selftest"),
    ("web",),
    ("cli",),
    ("__main__",),
)
_LEVEL = {unit: number for number, units in enumerate(LEVELS) for unit in units}

VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "shared"})
DOOR_MODULES = frozenset({"subprocess", "ctypes", "multiprocessing", "pty"})
DOOR_CALLS = ("system", "popen", "fork", "forkpty", "exec", "spawn", "posix_spawn")  # of os, by prefix
REFUSED = frozenset({"pickle", "marshal", "shelve", "yaml", "psutil"})
BROAD = frozenset({"Exception", "BaseException"})


Found = Iterator[tuple[int, str]]


def layers(module: Module) -> Found:
    """Imports point one way."""
    mine = _LEVEL.get(module.unit, -1)
    if mine < 0 and module.unit:
        yield 1, f"{module.unit} has no level: give it one in LEVELS"
        return
    for line, name in imports(module):
        if name.startswith("."):
            yield line, f"relative import {name}"
        if not name.startswith("perfdiag."):
            continue
        unit = name.split(".")[1]
        if unit != module.unit and _LEVEL.get(unit, len(LEVELS)) >= mine:
            yield line, f"{module.unit or 'perfdiag'} must not import {unit}"


def siblings(module: Module) -> Found:
    """A plug-in imports no other plug-in; a rule knows the names of signals, not who makes them."""
    package = module.plugin_package
    if not package:
        return
    family = "perfdiag.analyzers" if package.startswith("perfdiag.analyzers") else package
    for line, name in imports(module):
        private = name.startswith(f"{package}._")
        if name.startswith(family + ".") and not private:
            yield line, f"a plug-in must not import {name}"


def one_spec(module: Module) -> Found:
    """A public module of a plug-in package is one plug-in."""
    if not module.plugin_package or module.private or module.path.endswith("__init__.py"):
        return
    specs = [
        target.lineno
        for node in module.tree.body
        for target in (node.targets if isinstance(node, ast.Assign) else [])
        if isinstance(target, ast.Name) and target.id == "SPEC"
    ]
    if len(specs) != 1:
        yield (specs or [1])[-1], f"has {len(specs)} SPEC, not one"


def doors(module: Module) -> Found:
    """Programs are started, and the C library is called, in perfdiag/host alone."""
    if module.unit == "host":
        return
    for line, name in imports(module):
        if name.split(".")[0] in DOOR_MODULES:
            yield line, f"imports {name.split('.')[0]} outside perfdiag/host"
    for line, name in attributes(module, "os"):
        if name.startswith(DOOR_CALLS):
            yield line, f"uses os.{name} outside perfdiag/host"


def refused(module: Module) -> Found:
    """What runs code out of data, and what would be a second door to /proc."""
    for line, name in imports(module):
        if name.split(".")[0] in REFUSED:
            yield line, f"imports {name.split('.')[0]}"


def printing(module: Module) -> Found:
    """Only the command line prints."""
    if module.unit == "cli":
        return
    for line, name in imports(module):
        if name.split(".")[0] == "click":
            yield line, "imports click outside perfdiag/cli"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno, "prints outside perfdiag/cli"
    for line, name in attributes(module, "sys"):
        if name in ("stdout", "stderr"):
            yield line, f"uses sys.{name} outside perfdiag/cli"


def broad_except(module: Module) -> Found:
    """Nothing swallows every error; a handler whose last word is `raise` cleans up and swallows none."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        names = (
            {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)} if node.type else BROAD
        )
        last = node.body[-1]
        if names & BROAD and not (isinstance(last, ast.Raise) and last.exc is None):
            yield node.lineno, "catches everything"


def docstring(module: Module) -> Found:
    if module.text.strip() and not ast.get_docstring(module.tree):
        yield 1, "has no docstring"


def vague_name(module: Module) -> Found:
    if VAGUE_NAMES & set(module.name.split(".")):
        yield 1, "has a name that says nothing"


def file_size(module: Module) -> Found:
    lines = module.text.count("\n")
    if lines > FILE_LINES:
        yield lines, f"has {lines} lines, more than {FILE_LINES}: does it do one thing?"


def function_size(module: Module) -> Found:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {lines} lines, more than {FUNCTION_LINES}"


# Seen only by what it does inside a running process, or inside the one function that uses it
TESTED_THROUGH = {
    "perfdiag/host/parent.py": "tests/web/test_privileges.py",
    "perfdiag/claims.py": "tests/test_ledger.py",
    "perfdiag/daemon/collect.py": "tests/daemon/test_daemon.py",
    "perfdiag/daemon/loop.py": "tests/daemon/test_daemon.py",
    "perfdiag/daemon/web_process.py": "tests/daemon/test_daemon.py",
    "perfdiag/cli/daemon.py": "tests/daemon/test_daemon.py",
    "perfdiag/attribution/locks_of_a_database.py": "tests/attribution/test_chain.py",
    "perfdiag/inspection/child.py": "tests/inspection/test_looks.py",
    "perfdiag/inspection/postgresql.py": "tests/inspection/test_looks.py",
    "perfdiag/inspection/redis_server.py": "tests/inspection/test_looks.py",
    "perfdiag/sampler/child.py": "tests/sampler/test_client.py",
    "perfdiag/storage/records.py": "tests/storage/test_reader.py",
    "perfdiag/storage/references.py": "tests/storage/test_reader.py",
    "perfdiag/triage/round.py": "tests/triage/test_watch.py",
    "perfdiag/web/pages.py": "tests/daemon/test_daemon.py",
    **{
        f"perfdiag/selftest/programs/{path.name}": "tests/selftest/test_cases.py"
        for path in (ROOT / "perfdiag/selftest/programs").glob("*.py")
    },
}


@cache
def imported_by_tests() -> frozenset[str]:
    """The dotted names that the tests import."""
    files = (ROOT / "tests").rglob("test_*.py")
    texts = (Module(path=str(file), text=file.read_text("utf-8")) for file in files)
    return frozenset(one.name.rpartition(".")[0] for text in texts for one in imports(text))


def has_test(module: Module) -> Found:
    """tests/ mirrors the tree; or a test imports the module, or runs it as a part of what is named in
    TESTED_THROUGH. A module that only declares needs none."""
    declares = not any(isinstance(node, ast.FunctionDef) for node in ast.walk(module.tree))
    if declares or module.path.endswith(("__init__.py", "__main__.py")):
        return
    folder, _, name = module.path.removeprefix("perfdiag/").rpartition("/")
    mirror = Path("tests") / folder / f"test_{name.lstrip('_')}"
    through = TESTED_THROUGH.get(module.path, str(mirror))
    if not (ROOT / through).exists() and module.name not in imported_by_tests():
        yield 1, f"has no {through}, and no test imports it"


Check = Callable[[Module], Found]
# fmt: off
CHECKS: tuple[Check, ...] = (
    layers, siblings, one_spec, doors, refused, printing, broad_except, docstring, vague_name, file_size,
    function_size, has_test,
)
# fmt: on

_OWN_PROCESS = "asks the kernel something about its own process that Python has no call for"
EXEMPT: dict[tuple[Check, str], str] = {
    (doors, "perfdiag/web/privileges.py"): f"{_OWN_PROCESS}: to give up its capabilities",
    (broad_except, "perfdiag/engine.py"): "one bad plug-in must not cost the report",
    (broad_except, "perfdiag/cli/__init__.py"): "an internal error is told in three lines and exits with 70",
    (file_size, "perfdiag/model.py"): "the records of the whole pipeline are read as one page",
    (file_size, "perfdiag/diagnosis.py"): "the records of what is concluded are read as one page",
}


def violations(check: Check, modules: tuple[Module, ...]) -> Iterator[str]:
    """What breaks a check, as 'path:line: what', without what is exempt; and exemptions nobody needs."""
    for module in modules:
        found = list(check(module))
        if (check, module.path) not in EXEMPT:
            yield from (f"{module.path}:{line}: {what}" for line, what in found)
        elif not found:
            yield f"{module.path}:1: needs no exemption from {check.__name__} any more"
