"""Where reports go, and that one that cannot be written is told and costs none of the others."""

import gzip
import json
import os
import shutil
import subprocess

import pytest

from perfdiag.cli.output import format_of, formats
from perfdiag.errors import UsageError
from tests.cli.running import PERFDIAG, ROOT, finish, perfdiag, start
from tests.reports.pprof_reading import read

FULL = "No space left on device"


@pytest.fixture
def places(tmp_path):
    """Paths that cannot be written, and why: {path: cause}."""
    (tmp_path / "there.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "there.json")
    (tmp_path / "dangling.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.json").mkdir()
    return {
        tmp_path / "missing" / "run.json": "No such file or directory",
        tmp_path / "there.json" / "run.json": "Not a directory",
        tmp_path / "link.json": "it is a symbolic link, which is never followed",
        tmp_path / "dangling.json": "it is a symbolic link, which is never followed",
        tmp_path / "folder.json": "it is a directory",
        f"{tmp_path}/{'x' * 300}.json": "File name too long",
    }


def test_an_output_that_cannot_be_made_is_refused_before_anything_is_measured(busy, places, tmp_path):
    for path, cause in places.items():
        ended = perfdiag("profile", "-p", busy, "-d", "20", "-o", path)
        assert (2, "", cause) == (ended.code, ended.out, ended.told["cause"])
        assert (f"cannot write {path}", "choose another path with -o") == (
            ended.told["error"],
            ended.told["fix"],
        )
    assert "old" == (tmp_path / "there.json").read_text()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("path", ["/proc/run.json", "/sys/run.json"])
def test_an_output_where_no_file_can_be_made_is_refused(look, path):
    ended = perfdiag("report", look.recording, "-o", path)
    assert (2, f"cannot write {path}") == (ended.code, ended.told["error"])


@pytest.mark.skipif(ROOT, reason="root may write everywhere")
def test_an_output_in_a_folder_of_another_is_refused(look, tmp_path):
    tmp_path.chmod(0o500)
    ended = perfdiag("report", look.recording, "-o", tmp_path / "run.json")
    assert (2, "Permission denied") == (ended.code, ended.told["cause"])


def test_an_unknown_suffix_and_an_unknown_format_name_those_that_exist(look):
    for words in (("-o", "run.pdf"), ("-f", "pdf")):
        ended = perfdiag("report", look.recording, *words)
        assert (2, "") == (ended.code, ended.out)
        assert "pdf" in ended.told["error"]
        assert "json" in ended.told["fix"]


def test_an_unknown_suffix_names_all_that_are_known():
    with pytest.raises(UsageError, match="not known") as refused:
        format_of("run.pdf", formats())
    for form in formats().values():
        assert [] == [suffix for suffix in form.suffixes if suffix not in refused.value.fix]


@pytest.mark.parametrize(
    ("suffix", "name"),
    [
        (".json", "json"),
        (".json.gz", "json"),
        (".txt", "brief"),
        (".collapsed", "collapsed"),
        (".md", "markdown"),
        (".speedscope.json", "speedscope"),
        (".speedscope.json.gz", "speedscope"),
        (".gecko.json", "firefox"),
        (".gecko.json.gz", "firefox"),
        (".sarif", "sarif"),
        (".pb.gz", "pprof"),
    ],
)
def test_the_format_of_a_file_is_that_of_its_longest_suffix(suffix, name):
    assert name == format_of(f"run{suffix}", formats()).name


def test_a_binary_format_is_not_compressed_again():
    with pytest.raises(UsageError, match="not known"):
        format_of("run.pprof.gz", formats())


def test_a_file_is_what_its_suffix_says_and_compressed_where_it_asks_for_it(look, tmp_path):
    names = ("run.json", "run.json.gz", "run.pb.gz", "run.sarif")
    ended = perfdiag(
        "report", look.recording, "-q", *(word for one in names for word in ("-o", tmp_path / one))
    )
    assert 0 == ended.code, ended.err
    plain = (tmp_path / "run.json").read_bytes()
    assert plain == gzip.decompress((tmp_path / "run.json.gz").read_bytes())
    assert "busy" == read((tmp_path / "run.pb.gz").read_bytes()).default
    assert "2.1.0" == json.loads((tmp_path / "run.sarif").read_text("utf-8"))["version"]


def test_a_binary_format_goes_to_a_pipe_and_never_to_a_terminal(look):
    process = start("report", look.recording, "-f", "pprof")
    out, _ = process.communicate(timeout=30)
    assert (0, "busy") == (process.returncode, read(out).default)
    leader, terminal = os.openpty()
    try:
        ended = finish(start("report", look.recording, "-f", "pprof", stdout=terminal))
        os.set_blocking(leader, False)
        with pytest.raises(BlockingIOError):
            os.read(leader, 1)
    finally:
        os.close(leader)
        os.close(terminal)
    assert (2, "pprof is not for a terminal") == (ended.code, ended.told["error"])
    assert "run.pb.gz" in ended.told["fix"]


@pytest.mark.skipif(not ROOT or not shutil.which("unshare"), reason="needs a file system of its own: root")
def test_a_full_disk_costs_neither_the_report_nor_the_other_outputs(busy, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        f"mount -t tmpfs -o size=8k none {disk} && cd {disk} || exit 99; echo old >run.json; echo old >keep;"
        f" {' '.join(PERFDIAG)} profile -p {busy} -d 0.2 -o run.json -o run.perfdiag -o {tmp_path}/run.txt;"
        f" code=$?; ls -A; cat run.json; exit $code"
    )
    with subprocess.Popen(
        ["unshare", "-m", "sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        out, err = (text.decode() for text in process.communicate(timeout=30))
    assert 3 == process.returncode, err
    for lost in ("run.json", "run.perfdiag"):
        assert f"error: could not write all of {lost}\ncause: {FULL}\n" in err
    assert "Cost of the look" in out
    assert out.endswith("\nkeep\nrun.json\nold\n")
    assert "Inconclusive" in (tmp_path / "run.txt").read_text("utf-8")


def test_quiet_prints_nothing_and_a_format_is_printed(look):
    assert (0, "") == (lambda ended: (ended.code, ended.out))(perfdiag("report", look.recording, "-q"))
    assert look.read("run.json") == perfdiag("report", look.recording, "-f", "json").out


def test_colour_is_written_where_it_is_asked_for(look):
    process = start("report", look.recording, "--color", "always")
    out, _ = process.communicate(timeout=30)
    assert b"\x1b[" in out
