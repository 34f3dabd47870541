"""Puts a scenario on the stage: server, cgroup, target, neighbours, client; and takes it all down again."""

import importlib.util
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.scenarios.cases import SCENARIOS
from tests.scenarios.servers import SERVERS, Unavailable, end_with_parent, running
from tests.scenarios.surroundings import durable_directory, quota_group
from tests.scenarios.truth import Scenario

HERE = Path(__file__).parent
READY_SECONDS = 20.0
TRUTH_LOG = "truth.jsonl"
LIFETIME = 60  # seconds; the target ends by itself after that


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    pid: int
    truth_log: Path  # written when the target ends
    group: Path | None  # the cgroup that limits it


def ready_line(process: "subprocess.Popen[str]") -> dict[str, int]:
    """The target's line on stdout; it must come within READY_SECONDS."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(READY_SECONDS):
            raise TimeoutError(f"{process.args!r} was not ready after {READY_SECONDS:g} s")
    line = process.stdout.readline()
    if not line:
        raise ChildProcessError(f"{process.args!r} ended with status {process.wait()} before it was ready")
    return dict(json.loads(line))


def _joining(group: Path) -> Callable[[], None]:
    """What a new child does to enter the cgroup before it becomes the target."""

    def enter() -> None:
        end_with_parent()
        (group / "cgroup.procs").write_text(str(os.getpid()))

    return enter


def _command(scenario: Scenario, python: str, directory: Path, port: int | None, log: bool) -> list[str]:
    command = [python, str(HERE / "targets" / scenario.program)]
    command += ["--lifetime", str(LIFETIME), *scenario.options]
    if log:
        command += ["--truth", str(directory / TRUTH_LOG)]
    if port is not None:
        command += [f"--{scenario.server}", str(port)]
    if scenario.directory:
        command += ["--directory", str(directory)]
    if scenario.neighbours:
        count = str(scenario.neighbours * (os.cpu_count() or 1))
        command = [sys.executable, str(HERE / "peers" / "neighbours.py"), count, *command]
    return command


@contextmanager
def on_stage(scenario: Scenario, *, python: str = sys.executable, log: bool = False) -> Iterator[Target]:
    """The target of a scenario, warm, for as long as the block lasts; `Unavailable` where it cannot be had.
    With `log` it keeps a truth log, which costs it a little."""
    for module in scenario.requires:
        if importlib.util.find_spec(module) is None:
            raise Unavailable(f"the Python package {module} is not installed")
    with ExitStack() as stack:
        place = durable_directory() if scenario.directory else None
        prefix = f"perfdiag-{scenario.program.removesuffix('.py')}-"
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix, dir=place)))
        port = stack.enter_context(SERVERS[scenario.server](directory)) if scenario.server else None
        group = stack.enter_context(quota_group(scenario.quota)) if scenario.quota else None
        prepare = _joining(group) if group else end_with_parent
        command = _command(scenario, python, directory, port, log)
        target = stack.enter_context(running(command, prepare=prepare))
        facts = ready_line(target)
        if scenario.client:
            client = [sys.executable, str(HERE / "peers" / scenario.client), str(facts["port"])]
            stack.enter_context(running(client))
            time.sleep(0.5)
        yield Target(pid=facts["pid"], truth_log=directory / TRUTH_LOG, group=group)


def chosen(names: str) -> tuple[Scenario, ...]:
    """The scenarios of a comma-separated list of names, all for an empty one."""
    wanted = [name for name in names.split(",") if name]
    unknown = sorted(set(wanted) - SCENARIOS.keys())
    if unknown:
        raise SystemExit(f"no such scenario: {', '.join(unknown)}; there are {', '.join(SCENARIOS)}")
    return tuple(SCENARIOS[name] for name in wanted or SCENARIOS)
