"""Set-up is pinned, names no host, and what documents and CI call exists."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-maintain.lock")
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)(?: ; .*)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
CALLERS = (
    "README.md",
    "CONTRIBUTING.md",
    ".ci/run",
    ".github/workflows/ci.yml",
    ".pre-commit-config.yaml",
    "docs/agent-performance/index.md",
)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def wanted(lock: str) -> list[Requirement]:
    """What a lock must pin: dev and run-time dependencies, or the tools of `make lock` and `make audit`."""
    content = project()
    if lock == "requirements-maintain.lock":
        texts = content["dependency-groups"]["maintain"]
    else:
        texts = content["project"]["dependencies"] + content["project"]["optional-dependencies"]["dev"]
    return [Requirement(text) for text in texts]


def targets() -> dict[str, str]:
    """Target of the Makefile -> its help."""
    return dict(re.findall(r"^([a-z-]+):.*## (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_with_hashes_and_nothing_else(lock: str) -> None:
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    rest = [
        line for line in lines if not PIN.match(line) and not HASH.match(line) and not line.startswith("#")
    ]
    assert [] == rest
    unhashed = [line for line, following in pairwise(lines) if PIN.match(line) and not HASH.match(following)]
    assert [] == unhashed


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_path(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert [] == re.findall(r".*(?:://|@|file:|--index|--find-links|(?<!\w)/\w).*", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_what_pyproject_asks_for(lock: str) -> None:
    pins = [
        found.groups() for line in (ROOT / lock).read_text("utf-8").splitlines() if (found := PIN.match(line))
    ]
    versions: dict[str, list[str]] = {}
    for name, version in pins:
        versions.setdefault(name, []).append(version)
    wrong = [
        str(one)
        for one in wanted(lock)
        if not all(map(one.specifier.contains, versions.get(one.name, ["0"])))
    ]
    assert [] == wrong


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == targets().keys()


@pytest.mark.parametrize("caller", CALLERS)
def test_a_command_that_is_named_somewhere_exists(caller: str) -> None:
    called = re.findall(
        r"\bmake ([a-z]+)\b(?= ARGS|`|\"|$|\s*#)", (ROOT / caller).read_text("utf-8"), re.MULTILINE
    )
    assert [] == [name for name in called if name not in targets()]


def test_hooks_and_workflow_run_the_same_commands_as_a_person() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert ["lint", "types", "architecture"] == re.findall(r"entry: make (\w+)$", hooks, re.MULTILINE)
    assert "repo: local" in hooks
    assert "http" not in hooks
    workflow = (ROOT / ".github/workflows/ci.yml").read_text("utf-8")
    assert {".ci/run", ".ci/packages", "make nightly"} == set(
        re.findall(r"- run: (.+)$", workflow, re.MULTILINE)
    )


def test_an_action_is_pinned_by_its_commit() -> None:
    workflow = (ROOT / ".github/workflows/ci.yml").read_text("utf-8")
    used = re.findall(r"uses: (\S+)", workflow)
    assert used
    assert [] == [name for name in used if not re.search(r"@[0-9a-f]{40}$", name)]


def test_the_version_is_said_once() -> None:
    import perfdiag

    assert project()["project"]["version"] == perfdiag.__version__
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in changes
