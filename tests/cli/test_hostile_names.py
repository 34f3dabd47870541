"""A program that gives itself names to deceive whoever reads them: everything perfdiag writes is escaped."""

import json

import pytest

from perfdiag.storage import load
from tests.cli.running import controls, perfdiag, python, runs_on
from tests.faults.seeded import fault

# A thread whose name, script and function carry escape codes, line feeds, broken UTF-8 and a bidi override;
# on a file of such a name. Arguments: the folder, and the name.
HOSTILE = """
import ctypes, fcntl, os, sys, threading
folder, name = sys.argv[1], os.fsencode(sys.argv[2])
rename = lambda: ctypes.CDLL(None).prctl(15, name, 0, 0, 0)
code = compile("def spin():\\n while True: sum(range(20000))\\n", "x", "exec")
script = os.path.join(folder, os.fsdecode(name) + "\\u202e.py")
function = code.co_consts[0].replace(co_filename=script, co_qualname="spin\\x1b[31m\\n;\\x9b0m \\u202e")
spin = type(rename)(function, globals())
held = [open(os.path.join(os.fsencode(folder), b"lock" + name), "w") for _ in range(2)]
fcntl.flock(held[0], fcntl.LOCK_EX)
threading.Thread(target=lambda: (rename(), fcntl.flock(held[1], fcntl.LOCK_EX)), daemon=True).start()
threading.Thread(target=lambda: (rename(), spin()), daemon=True, name="\\x1b[0m").start()
rename()
print("ready", flush=True)
spin()
"""
TEXTS = ["terminal", "json", "brief", "collapsed", "markdown", "speedscope", "firefox", "sarif"]
NAME = "\x1b[2J)\n\udcff\x07R 1"
SEEN = r"\x1b[2J)\x0a\xff\x07R 1"  # as text: 'comm' holds 15 bytes


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What is written about it: {format: text}, and the recording."""
    folder = tmp_path_factory.mktemp("hostile")
    recording = str(folder / "run.perfdiag")
    with python(HOSTILE, folder, NAME) as process:
        ended = perfdiag("profile", "-p", process.pid, "-d", "1.2", "--any", "-o", recording)
        assert runs_on(process.pid)
    assert ended.looked
    formats = [name for name in TEXTS if name != "terminal"]
    texts = {name: perfdiag("report", recording, "--any", "-f", name).out for name in formats}
    return texts | {"terminal": ended.out, "recording": load(recording)}


@fault(45, "escape codes in names, to the terminal and every format")
@pytest.mark.parametrize("name", TEXTS)
def test_nothing_raw_is_written(outputs, name):
    text = outputs[name]
    assert [] == controls(text)
    assert "\u202e" not in text
    assert "\ufffd" not in text


def test_the_names_are_shown_escaped(outputs):
    report = json.loads(outputs["json"])
    assert f"{SEEN} (pid " in report["meta"]["target"]
    assert SEEN in outputs["terminal"]
    assert SEEN in outputs["markdown"]
    assert r"spin\x1b[31m\x0a:\x9b0m \u202e" in outputs["collapsed"]  # ';' separates frames there


def test_a_file_that_is_waited_for_is_named_escaped(outputs):
    assert any(item.name.endswith(f"/lock{SEEN}") for item in outputs["recording"].objects)


@pytest.mark.parametrize("words", [("report", NAME), ("report", "/", "-o", f"/nowhere/{NAME}.json")])
def test_an_error_about_such_a_file_is_escaped_too(words):
    ended = perfdiag(*words)
    assert (2, True) == (ended.code, r"\x1b[2J)" in ended.told["error"])
