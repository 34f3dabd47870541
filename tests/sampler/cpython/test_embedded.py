"""Interpreters in programs that are not called python."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from perfdiag.sampler.cpython.reader import Reader
from tests.sampler.cpython.conftest import PROGRAMS, Start, attach

PATIENCE = 10.0


def _functions(reader: Reader, *wanted: str) -> set[str]:
    """Those of the functions `wanted` that some thread was seen in."""
    found: set[str] = set()
    deadline = time.monotonic() + PATIENCE
    while found < set(wanted) and time.monotonic() < deadline:
        stacks = reader.tick(None).stacks.values()
        found |= {frame.function for stack in stacks for frame in reader.frames(stack)} & set(wanted)
    return found


def test_a_c_program_that_embeds_python_is_read(interpreter: str, start: Start, tmp_path: Path) -> None:
    compiler, config = shutil.which("cc"), Path(f"{interpreter}-config")
    if compiler is None or not config.exists():
        pytest.skip("needs a C compiler and the interpreter's headers")
    flags = subprocess.run(
        [config, "--includes", "--ldflags", "--embed"], capture_output=True, check=True, text=True
    )
    library = Path(interpreter).parents[1] / "lib"
    program = tmp_path / "server"
    source = str(PROGRAMS / "embedding.c")
    command = [compiler, source, "-o", str(program), *flags.stdout.split(), f"-Wl,-rpath,{library}"]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode:
        pytest.skip(f"cannot be built against {interpreter}: {built.stderr[-200:]}")
    target = start(str(program))
    assert {"turn", "wait"} == _functions(attach(target.pid), "turn", "wait")


def test_uwsgi_is_read(start: Start, tmp_path: Path) -> None:
    uwsgi = shutil.which("uwsgi-core") or shutil.which("uwsgi")
    if uwsgi is None:
        pytest.skip("uwsgi is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "served.py").write_text(
        "import time\n"
        "def application(environ, respond):\n"
        "    time.sleep(5)\n"
        "    respond('200 OK', [])\n"
        "    return [b'done']\n"
    )
    arguments = f"--http-socket 127.0.0.1:{port} --chdir {tmp_path} --wsgi served --threads 2"
    command = f"echo ready; exec {uwsgi} --plugin python3 {arguments} >/dev/null 2>&1"
    target = start("/bin/sh", "-c", command)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            client = socket.create_connection(("127.0.0.1", port), timeout=1)
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    with client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert {"application"} == _functions(attach(target.pid), "application")
