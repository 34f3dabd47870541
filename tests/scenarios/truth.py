"""The records of a scenario: the program, what it suffers from, and how that is known without perfdiag."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a report must say. `where` is the last part of a function's qualified name; `object` a part of the
    waited-for object's name or service. None where the kind has no such culprit. `also` names kinds that say
    the same of this program in other words; `pattern` is the shape that the finding must be told to have."""

    kind: str
    resource: str
    where: str | None = None
    object: str | None = None
    also: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One number that bears the truth out, with the tool that gave it; shares are of the relevant time."""

    what: str
    share: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A target program and what surrounds it. `truth` is None for a healthy one.

    `thread` is a function on the stack of the threads that matter (the workers), by which evidence leaves out
    timers and heartbeats; '' means all threads, as of a program that is not Python. `server` and `peer` are
    started before the target and are told to it as `--SERVER PORT` and `--peer PORT`; `client` is started
    after it. A scenario without `program` looks at the server itself. `neighbours` are busy loops per CPU;
    `quota` (CPUs), `memory` (bytes) and `disk` (a limit of io.max and its value) limit the target's cgroup;
    `directory` asks for a directory that the target may fill, on a file system with durable writes.
    """

    name: str
    truth: Truth | None
    evidence: tuple[Evidence, ...]
    program: str = ""
    thread: str = ""
    tree: bool = False  # its processes are looked at as one program
    server: str = ""  # one of servers.SERVERS
    peer: str = ""  # a program of peers/ that prints its port
    client: str = ""  # a program of peers/ that gets the target's port, and says when it has begun
    client_options: tuple[str, ...] = ()
    names: bool = False  # the target's host names are asked of the peer
    neighbours: int = 0
    quota: float = 0.0
    memory: int = 0
    disk: tuple[str, int] | None = None
    directory: bool = False
    device: int = 0  # bytes of a block device of its own, told as `--device PATH`
    options: tuple[str, ...] = ()  # more words for the target's command line
    requires: tuple[str, ...] = ()  # modules the target or its client need beyond the standard library
    environment: str = ""  # of environments.py, whose interpreter runs the target and has these modules
