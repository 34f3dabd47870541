"""A look at an asyncio program whose tasks all wait for one slow peer, from its memory to the report."""

import json
import socket
import threading
import time
from contextlib import suppress

import pytest

from tests.cli.running import perfdiag, program
from tests.sampler.cpython.conftest import newer_interpreter  # noqa: F401 - a fixture

pytestmark = pytest.mark.newer_pythons

PROGRAM = """
import asyncio, sys

class Orders:
    async def load(self, port):
        self.reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            writer.write(b"next\\n")
            await self.answer()

    async def answer(self):
        await self.reader.readline()

async def heartbeat():
    while True:
        await asyncio.sleep(0.2)

async def main():
    async with asyncio.TaskGroup() as group:
        for number in range(4):
            group.create_task(Orders().load(int(sys.argv[1])), name=f"orders {number}")
        group.create_task(heartbeat())
        print("ready", flush=True)

asyncio.run(main())
"""


def _answer(connection: socket.socket) -> None:
    """One line at a time, each after a while, until the other end closes."""
    with connection, suppress(ConnectionError):
        while connection.recv(100):
            time.sleep(0.03)
            connection.sendall(b"done\n")


@pytest.fixture
def slow_peer():
    """Port of a server that takes its time."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def test_tasks_that_wait_for_a_slow_peer_are_found(newer_interpreter, slow_peer, tmp_path):  # noqa: F811
    path, recording = tmp_path / "orders.py", tmp_path / "run.perfdiag"
    path.write_text(PROGRAM)
    with program(newer_interpreter, str(path), str(slow_peer)) as target:
        ended = perfdiag("profile", "-p", target.pid, "-d", "3", "-f", "json", "-o", recording)
    report = json.loads(ended.out)
    first = report["findings"][0]
    assert ("net.peer-wait", str(path), 12, "Orders.answer") == (
        first["kind"],
        *(first["where"][name] for name in ("file", "line", "function")),
    )
    assert ("tcp", f"127.0.0.1:{slow_peer}") == (first["object"]["type"], first["object"]["name"])
    rows = {row["group"]: row for row in report["breakdown"]}
    assert "network" == rows["task Orders.load (orders.py)"]["class"]
    # a timer is idle, and so is a task that waits for the tasks of its group
    assert not {"task heartbeat (orders.py)", "task main (orders.py)"} & rows.keys()
    assert ended.out == perfdiag("report", recording, "-f", "json").out
