"""What the parent asks the sampler process for, as it stands on its command line."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from perfdiag.host import Host
from perfdiag.host.process import Target

BUDGET = 0.30  # of one core


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`targets`: (pid, pidfd, key, start) of each process that was chosen. `rate` in Hz, `duration` in
    seconds; `begins`: the target becomes the program to be looked at once we have said hello; `stacks`: read
    those of interpreters; `budget`: the share of one core that looking may take; `cpu_stat`: files that tell
    when the CPU quota of a control group stops the targets; `out`: the descriptor that is written to."""

    targets: tuple[tuple[int, int, str, int], ...]
    rate: float
    duration: float
    subprocesses: bool = False
    begins: bool = False
    stacks: bool = True
    budget: float = BUDGET
    procfs: str = "/proc"
    cpu_stat: tuple[str, ...] = field(default=())
    parent: int = 0
    out: int = -1

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "Request":
        fields = json.loads(text)
        targets = tuple((pid, pidfd, key, started) for pid, pidfd, key, started in fields["targets"])
        return cls(**fields | {"targets": targets, "cpu_stat": tuple(fields["cpu_stat"])})

    def held(self) -> list[Target]:
        """The chosen processes."""
        host = Host(procfs=self.procfs)
        return [
            Target(pid=pid, pidfd=pidfd, key=key, started=started, host=host)
            for pid, pidfd, key, started in self.targets
        ]


def rows_of(targets: Iterable[Target]) -> tuple[tuple[int, int, str, int], ...]:
    """Targets as a request has them."""
    return tuple((one.pid, one.pidfd, one.key, one.started) for one in targets)
