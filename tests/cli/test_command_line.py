"""What holds for every verb: help, version, what is misspelt, what fails inside."""

import os
import subprocess
import sys

import pytest

import perfdiag as package
from perfdiag.cli import VERBS
from tests.cli.running import perfdiag

IMPORTED = (
    "import sys\n"
    "before = set(sys.modules)\n"
    "sys.argv = ['perfdiag', '--help']\n"
    "from perfdiag.cli import main\n"
    "try:\n    main()\nexcept SystemExit:\n    pass\n"
    "tops = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
    "print(*sorted(tops - set(sys.stdlib_module_names)), file=sys.stderr)\n"
)


def test_help_imports_click_and_nothing_else_that_is_installed():
    ended = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, timeout=30, check=True)
    assert b"click perfdiag\n" == ended.stderr
    assert b"Commands:" in ended.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help(verb):
    ended = perfdiag(verb, "--help")
    assert (0, "") == (ended.code, ended.err)
    assert ended.out.startswith(f"Usage: perfdiag {verb} ")


def test_the_version_is_that_of_the_package():
    assert (0, f"perfdiag, version {package.__version__}\n") == (lambda ended: (ended.code, ended.out))(
        perfdiag("--version")
    )


def test_without_a_verb_the_help_is_shown():
    ended = perfdiag()
    assert (2, True) == (ended.code, "Commands:" in ended.err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("profil",), "Did you mean 'profile'?"),
        (("\x1b[2J",), "There is no command"),
        (("profile", "--pdi", "1"), "No such option '--pdi'"),
        (("profile", "-p"), "requires an argument"),
        (("report",), "Missing argument 'FILE'"),
        (("--nope",), "No such option"),
    ],
)  # fmt: skip
def test_a_command_line_that_is_wrong_is_told_and_the_help_is_named(words, said):
    ended = perfdiag(*words)
    assert (2, "") == (ended.code, ended.out)
    assert said in ended.told["error"]
    assert "--help` shows what is possible" in ended.told["fix"]


def test_the_baseline_verbs_answer_too(tmp_path):
    (tmp_path / "broken.json").write_text("{")
    ended = perfdiag("baseline", "check", "-b", tmp_path, tmp_path / "broken.json")
    assert (2, True) == (ended.code, ended.told.keys() >= {"error"})


@pytest.mark.parametrize("verb", ["list", "doctor", "--help"])
def test_lost_output_is_told_for_every_verb(verb):
    with open("/dev/full", "w") as full:
        ended = perfdiag(verb, stdout=full)
    assert (3, "could not write all of standard output") == (ended.code, ended.told["error"])


@pytest.mark.parametrize("verb", ["list", "doctor", "--help"])
def test_a_reader_that_has_gone_is_no_error_for_any_verb(verb):
    reader, writer = os.pipe()
    os.close(reader)
    ended = perfdiag(verb, stdout=writer)
    os.close(writer)
    assert (0, "") == (ended.code, ended.err)


@pytest.mark.parametrize(("debug", "traceback"), [((), False), (("--debug",), True)])
def test_an_internal_error_shows_its_traceback_when_asked(debug, traceback):
    fail = "import perfdiag.cli.list_plugins as plugins\ndef fail(): raise RuntimeError('odd\\x1b')\n"
    code = f"{fail}plugins.command.callback = lambda which: fail()\nfrom perfdiag.cli import main\nmain()"
    ended = subprocess.run([sys.executable, "-c", code, *debug, "list"], capture_output=True, timeout=30)
    assert traceback is (b"Traceback" in ended.stderr)
    if not debug:
        assert 70 == ended.returncode
        assert b"error: perfdiag has failed\ncause: RuntimeError: odd\\x1b\n  fix: " in ended.stderr
