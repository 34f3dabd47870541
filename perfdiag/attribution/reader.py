"""The rows of a recording in the order of its ticks, and what their numbers stand for."""

from perfdiag.attribution.groups import NATIVE, user_frame
from perfdiag.model import SERVING, Frame, Object, Role, Stack, Thread
from perfdiag.recording import Recording

Row = tuple[int, ...]


class Reader:
    """A cursor over the columns of a recording, which may still grow behind it."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._names: dict[tuple[int, int], Thread] = {}
        self._named = 0
        self._next_row = self._next_gil = 0
        self._users: dict[int, Frame | None] = {}
        self._codes: dict[int, Stack | None] = {}
        self._parents: dict[int, int] = {}
        self._serving: set[str] = set()
        self._told = 0  # objects whose names were looked at
        self.gil: dict[int, tuple[int, int]] = {}  # process -> (holder, flags) at the present tick

    def rows(self, tick: int) -> list[Row]:
        """Rows of this tick (ticks are asked for in order); `gil` is brought to it."""
        gil, rows = self._recording.ticks.gil, self._recording.ticks.rows
        while self._next_gil < len(gil) and gil["tick"][self._next_gil] <= tick:
            at = self._next_gil
            self.gil[gil["process"][at]] = (gil["holder"][at], gil["flags"][at])
            self._next_gil += 1
        first, column = self._next_row, rows["tick"]
        while self._next_row < len(column) and column[self._next_row] <= tick:
            self._next_row += 1
        return list(rows.rows(first, self._next_row))

    def stack(self, number: int) -> Stack | None:
        stacks = self._recording.stacks
        return stacks[number] if 0 <= number < len(stacks) else None

    def code(self, number: int) -> Stack | None:
        """The stack without native frames: what an interpreter runs. None when it runs nothing."""
        if number not in self._codes:
            stack = self._codes[number] = self.stack(number)
            if stack is not None and any(frame.origin in NATIVE for frame in stack.frames):
                frames = tuple(frame for frame in stack.frames if frame.origin not in NATIVE)
                self._codes[number] = Stack(id=number, frames=frames) if frames else None
        return self._codes[number]

    def program(self, process: int) -> str:
        """What the processes with the same part in the program are called; '' for the one that was chosen."""
        processes = self._recording.processes
        if process >= len(processes):
            return ""
        if processes[process].role is Role.WORKER:
            return f"{processes[process].comm} workers"
        alone = len(processes) == 1 or processes[1].role is Role.WORKER
        return "" if alone else processes[process].comm

    def parent(self, process: int) -> int:
        """The process that started this one, the last with its number before it; -1 where nobody looks at
        it."""
        if process not in self._parents:
            before = self._recording.processes[:process]
            ppid = self._recording.processes[process].ppid
            found = [number for number, one in enumerate(before) if one.pid == ppid]
            self._parents[process] = found[-1] if found else -1
        return self._parents[process]

    @property
    def serves(self) -> bool:
        """Whether a process of the recording serves others by TCP; its children inherit its sockets."""
        return any(process.ports for process in self._recording.processes)

    def serves_several(self, process: int) -> bool:
        """Whether a process has several connections that it has accepted."""
        objects = self._recording.objects
        for item in objects[self._told :]:
            if item.name.startswith(SERVING):
                self._serving.add(item.name)
        self._told = len(objects)
        return bool(self._serving) and (
            f"{SERVING} of {self._recording.processes[process].pid}" in self._serving
        )

    def object(self, number: int) -> Object | None:
        objects = self._recording.objects
        return objects[number] if 0 <= number < len(objects) else None

    def user(self, number: int) -> Frame | None:
        """The frame of user code of a stack."""
        if number not in self._users:
            stack = self.stack(number)
            self._users[number] = user_frame(stack.frames) if stack else None
        return self._users[number]

    def thread(self, process: int, tid: int) -> Thread:
        threads = self._recording.threads
        for number in range(self._named, len(threads)):
            self._names[threads[number].process, threads[number].tid] = threads[number]
        self._named = len(threads)
        unknown = Thread(process=process, tid=tid, name="?", main=False)
        return self._names.get((process, tid), unknown)
