"""Recordings of a target with peers, made from a script: at which tick which thread begins to do what."""

from collections import Counter
from dataclasses import replace

from perfdiag.attribution.chain import Chains, Link
from perfdiag.attribution.peers import Peers
from perfdiag.model import Cost, ObjectType, Process, Role, Snapshot, Thread
from perfdiag.recording import Recording
from perfdiag.samples import gauge
from perfdiag.ticks import RUNNING, RowFlag
from tests.recordings_made import META, NUMBERS, START_NS, TICK_NS, Script

TARGET = 42
PORT = "127.0.0.1:5432"


class Town:
    """Process 0 is the target; `serves` and `titles` may be filled before `recording`."""

    def __init__(self) -> None:
        self.script = Script()
        self.processes: list[Process] = []
        self.rows: list[tuple[int, ...]] = []
        self.titles: dict[int, list[str]] = {}  # pid -> by second
        self.process(TARGET, "shop", role=Role.TARGET)
        self.database = self.item(PORT, service="postgresql")

    def item(self, name: str, kind: ObjectType = ObjectType.TCP, service: str = "", **fields) -> int:
        number = self.script.item(kind, name, service)
        self.script.objects[number] = replace(self.script.objects[number], **fields)
        return number

    def process(self, pid: int, comm: str, *, role: Role = Role.PEER, ppid: int = 1, serves=()) -> int:
        one = Process(
            key=f"{pid}@7", pid=pid, ppid=ppid, started=7, comm=comm, exe="", uid=0, cpus=2, role=role,
            serves=tuple(serves),
        )  # fmt: skip
        self.processes.append(one)
        return len(self.processes) - 1

    def serve(self, process: int, *pairs: tuple[int, int]) -> None:
        self.processes[process] = replace(self.processes[process], serves=pairs)

    def at(self, tick: int, process: int, call: str = "", item: int = -1, *, stack: int = -1, tid: int = 0):
        """From this tick on it is in a call; '' for on a CPU, 'gone' when it has ended."""
        number = RUNNING if call in ("", "gone") else NUMBERS[call]
        flags = RowFlag.GONE if call == "gone" else 0
        self.rows.append((tick, process, tid or self.processes[process].pid, number, item, stack, flags))

    def recording(self, ticks: int = 400) -> Recording:
        made = Cost(sampler_cpu=0, parent_cpu=0, planned=ticks, made=ticks, stacks=0, torn=0, retried=0)
        recording = Recording(meta=replace(META, duration=ticks / 100, cost=made), processes=self.processes)
        recording.objects, recording.stacks = self.script.objects, self.script.stacks
        recording.threads = [
            Thread(process=process, tid=tid, name="t", main=True)
            for process, tid in dict.fromkeys((row[1], row[2]) for row in self.rows)
        ]
        for tick in range(ticks):
            recording.ticks.ticks.append(START_NS + tick * TICK_NS, 0)
        turns = Counter[int]()
        for tick, process, tid, call, item, stack, flags in sorted(self.rows):
            turns[tid] += 1
            counters = (turns[tid] * 1000, 0, turns[tid], 0, 0, 0)
            recording.ticks.rows.append(tick, process, tid, *counters, call, item, stack, flags)
        for number, tick in enumerate([*range(99, ticks - 1, 100), ticks - 1]):
            at = (START_NS + tick * TICK_NS) / 1e9
            recording.snapshots.append(Snapshot(at=at, wall=at, samples=tuple(self._titles(number))))
        return recording

    def _titles(self, number: int):
        pids = {one.pid: one for one in self.processes if one.role is Role.PEER}
        for pid, titles in self.titles.items():
            title = titles[min(number, len(titles) - 1)]
            if pid in pids:
                yield gauge("peer.title", 1.0, pid=str(pid), title=title)
            yield gauge("peer.sibling", 1.0, pid=str(pid), of="800", title=title)

    def stack(self, *lines: str) -> int:
        return self.script.stack(*lines)


def folded(recording: Recording) -> Peers:
    peers = Peers(recording)
    for snapshot, start, stop in recording.tick_spans():
        peers.step(start, stop, snapshot)
    return peers


def chain(recording: Recording, item: int) -> list[Link]:
    return Chains(folded(recording).seen, recording.objects, recording.stacks).of(item)


def sentences(recording: Recording, item: int) -> list[str]:
    return [link.text for link in chain(recording, item)]
