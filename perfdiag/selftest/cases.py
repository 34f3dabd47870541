"""What each program of the self-test suffers from."""

from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A program and its truth: `kind` is '' for a healthy one, `where` the function at fault. `peer` is a
    program that it talks to: that gets a listening socket, the program the port."""

    program: str
    kind: str = ""
    where: str = ""
    peer: str = ""

    @property
    def name(self) -> str:
        return self.kind or f"healthy.{self.program}"


CASES = (
    Case(program="hot_code", kind="cpu.hot-code", where="edit_distance"),
    Case(program="gil", kind="cpu.gil", where="collatz_steps"),
    Case(program="lock", kind="lock.contention", where="print_entry"),
    Case(program="pool", kind="pool.exhausted", where="take_telephone"),
    Case(program="peer_wait", kind="net.peer-wait", where="ask_price", peer="slow_answers"),
    Case(program="back_off", kind="sleep", where="pause"),
    Case(program="blocked_loop", kind="asyncio.blocked-loop", where="compile_report"),
    Case(program="churn", kind="thread.churn", where="hand_out"),
    Case(program="idle"),
    Case(program="steady"),
)
