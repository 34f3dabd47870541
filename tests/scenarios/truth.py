"""The records of a scenario: the program, what it suffers from, and how that is known without perfdiag."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a report must say. `where` is the last part of a function's qualified name; `object` a part of the
    waited-for object's name or service. None where the kind has no such culprit."""

    kind: str
    resource: str
    where: str | None = None
    object: str | None = None


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
    timers and heartbeats. `server` is started before the target, `client` after it; `neighbours` are busy
    loops per CPU, `quota` is in CPUs, `directory` asks for a directory that the target may fill, on a file
    system with durable writes.
    """

    name: str
    program: str
    truth: Truth | None
    thread: str
    evidence: tuple[Evidence, ...]
    server: str = ""  # 'redis', 'postgres'
    client: str = ""  # a program of peers/ that gets the target's port
    neighbours: int = 0
    quota: float = 0.0
    directory: bool = False
    options: tuple[str, ...] = ()  # more words for the target's command line
    requires: tuple[str, ...] = ()  # modules the target needs beyond the standard library
