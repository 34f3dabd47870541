"""Puts a scenario on the stage: server, cgroup, target, neighbours, client; and takes it all down again."""

import importlib.util
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.scenarios.cases import SCENARIOS
from tests.scenarios.cgroups import joining, limited
from tests.scenarios.environments import interpreter
from tests.scenarios.servers import SERVERS, Prepare, Unavailable, end_with_parent, running
from tests.scenarios.surroundings import durable_directory, loop_device, may_have_names
from tests.scenarios.truth import Scenario

HERE = Path(__file__).parent
READY_SECONDS = 20.0
TRUTH_LOG = "truth.jsonl"
LIFETIME = 60  # seconds; a program ends by itself after that, a server with its runner
POSTGRES_FAST = ("-c", "fsync=off")  # for a database that only answers


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


def _program(folder: str, name: str) -> str:
    return str(HERE / folder / name)


def _command(
    scenario: Scenario, python: str, directory: Path, ports: Mapping[str, int], log: bool
) -> list[str]:
    command = [python, _program("targets", scenario.program)]
    command += ["--lifetime", str(LIFETIME), *scenario.options]
    if log:
        command += ["--truth", str(directory / TRUTH_LOG)]
    for option, port in ports.items():
        command += [f"--{option}", str(port)]
    if scenario.directory:
        command += ["--directory", str(directory)]
    if scenario.neighbours:
        count = str(scenario.neighbours * (os.cpu_count() or 1))
        command = [sys.executable, _program("peers", "neighbours.py"), count, *command]
    if scenario.names:
        command = [sys.executable, _program("peers", "own_names.py"), *command]
    return command


def _check_needs(scenario: Scenario, python: str) -> str:
    """The interpreter of the target; `Unavailable` where something that it needs is not there."""
    if scenario.names and not may_have_names():
        raise Unavailable("no mount namespace with another /etc/resolv.conf can be made here")
    if scenario.environment:
        return interpreter(scenario.environment, scenario.requires)
    for module in scenario.requires:
        if importlib.util.find_spec(module) is None:
            raise Unavailable(f"the Python package {module} is not installed")
    return python


@contextmanager
def _directory(scenario: Scenario) -> Iterator[Path]:
    place = durable_directory() if scenario.directory or scenario.disk or scenario.device else None
    prefix = f"perfdiag-{Path(scenario.program or scenario.server).stem}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=place) as name:
        yield Path(name)


@contextmanager
def _with_program(
    scenario: Scenario, prepare: Prepare, directory: Path, python: str, log: bool
) -> Iterator[dict[str, int]]:
    """The facts that a target tells of itself, with its server and its peer running."""
    ports = {}
    with ExitStack() as stack:
        if scenario.server:
            options = POSTGRES_FAST if scenario.server == "postgres" else ()
            server = SERVERS[scenario.server](directory, end_with_parent, options)
            ports[scenario.server] = stack.enter_context(server).port
        if scenario.peer:
            words = [_program("peers", scenario.peer), *map(str, ports.values())]
            peer = stack.enter_context(running([sys.executable, *words]))
            ports["peer"] = ready_line(peer)["port"]
        command = _command(scenario, python, directory, ports, log)
        if scenario.device:
            command += ["--device", stack.enter_context(loop_device(directory, scenario.device))]
        yield ready_line(stack.enter_context(running(command, prepare=prepare)))


@contextmanager
def _server_alone(scenario: Scenario, prepare: Prepare, directory: Path) -> Iterator[dict[str, int]]:
    with SERVERS[scenario.server](directory, prepare, scenario.options) as server:
        yield {"pid": server.pid, "port": server.port}


@contextmanager
def on_stage(scenario: Scenario, *, python: str = sys.executable, log: bool = False) -> Iterator[Target]:
    """The target of a scenario, warm, for as long as the block lasts; `Unavailable` where it cannot be had.
    With `log` it keeps a truth log, which costs it a little."""
    python = _check_needs(scenario, python)
    with ExitStack() as stack:
        directory = stack.enter_context(_directory(scenario))
        groups = stack.enter_context(limited(scenario, directory))
        prepare = joining(groups) if groups else end_with_parent
        if scenario.program:
            facts = stack.enter_context(_with_program(scenario, prepare, directory, python, log))
        else:
            facts = stack.enter_context(_server_alone(scenario, prepare, directory))
        if scenario.client:
            client = [_program("peers", scenario.client), str(facts["port"]), *scenario.client_options]
            ready_line(stack.enter_context(running([sys.executable, *client])))
            time.sleep(0.5)
        group = groups[0] if scenario.quota else None
        yield Target(pid=facts["pid"], truth_log=directory / TRUTH_LOG, group=group)


def chosen(names: str) -> tuple[Scenario, ...]:
    """The scenarios of a comma-separated list of names, all for an empty one."""
    wanted = [name for name in names.split(",") if name]
    unknown = sorted(set(wanted) - SCENARIOS.keys())
    if unknown:
        raise SystemExit(f"no such scenario: {', '.join(unknown)}; there are {', '.join(SCENARIOS)}")
    return tuple(SCENARIOS[name] for name in wanted or SCENARIOS)
