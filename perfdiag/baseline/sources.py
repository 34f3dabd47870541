"""Files that sessions are read from: the format is recognised by content, never by name.

An importer is one file in `importers/` with a docstring and one `SPEC`; a suite of a baseline directory is a
source too.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfdiag.baseline import session_json, store
from perfdiag.baseline.fields import BadField, Node, parse, read_bounded, shown
from perfdiag.baseline.session import Session
from perfdiag.errors import UsageError

MOST_BYTES = 64 << 20

Suites = dict[str, tuple[Session, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """`recognise` looks at the document only; `load` gives the suite's name and its session, from the
    document and the identity that the content gives, and raises BadField."""

    name: str
    help: str
    recognise: Callable[[dict[str, Any]], bool]
    load: Callable[[Node, bytes], tuple[str, Session]]


def importers() -> tuple[Importer, ...]:
    """The SPEC of every public module of `importers`, by name."""
    package = importlib.import_module("perfdiag.baseline.importers")
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return tuple(module.SPEC for module in modules)


def read_file(path: Path) -> Suites:
    """Sessions of a file by suite; raises UsageError naming file and place."""
    try:
        content = read_bounded(path, MOST_BYTES, follow=True)
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no file {shown(path)}", fix="give the file that the benchmark or `profile` wrote"
        ) from error
    try:
        return _read(content)
    except BadField as error:
        raise UsageError(
            f"cannot use {shown(path)}", cause=str(error), fix="give a file as it was written, of a whole run"
        ) from error


def _read(content: bytes) -> Suites:
    document = parse(content)
    if not isinstance(document, dict):
        raise BadField("the document is not an object")
    if str(document.get("schema")).startswith("perfdiag.session/"):
        suite, sessions = session_json.load(content)
        if not sessions:
            raise BadField("it has no session")
        return {suite: sessions}
    known = importers()
    for importer in known:
        if importer.recognise(document):
            suite, session = importer.load(Node(document), content)
            if not session.metrics:
                raise BadField("it has no measurement")
            return {suite: (session,)}
    raise BadField("it is none of " + ", ".join(importer.name for importer in known))


def read_files(paths: tuple[Path, ...], suite: str | None = None) -> Suites:
    """Sessions of all files by suite, in the order given; `suite` replaces the name that a file gives.

    Raises UsageError when two files are the same session.
    """
    found: Suites = {}
    for path in paths:
        for name, sessions in read_file(path).items():
            found[suite or name] = found.get(suite or name, ()) + sessions
    for sessions in found.values():
        ids = [session.session_id for session in sessions]
        twice = next((each for each in ids if ids.count(each) > 1), None)
        if twice is not None:
            raise UsageError(f"session {twice} is given twice", cause="one run is one session")
    return found


def read_path(path: Path) -> Suites:
    """A baseline directory or a file."""
    if path.is_dir():
        return {suite: store.load(path, suite) for suite in store.suites(path)}
    return read_file(path)
