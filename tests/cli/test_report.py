"""Reports from files: of what is no recording, nothing is believed."""

import pytest

from tests.cli.running import perfdiag


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (None, "No such file or directory"),
        (b"", "it is not a perfdiag recording"),
        (b"{}\n" * 100, "it is not a perfdiag recording"),
        (b"SQLite format 3\0" + bytes(2000), "the recording is damaged"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path, content, cause):
    path = tmp_path / "run.perfdiag"
    if content is not None:
        path.write_bytes(content)
    ended = perfdiag("report", path)
    assert (2, "") == (ended.code, ended.out)
    assert ended.told["cause"].startswith(cause)
    assert {"error", "cause", "fix"} <= ended.told.keys()


@pytest.mark.parametrize("size", [0.3, 0.9])
def test_half_a_recording_is_refused(look, tmp_path, size):
    whole = (look.folder / "run.perfdiag").read_bytes()
    (tmp_path / "run.perfdiag").write_bytes(whole[: int(size * len(whole))])
    ended = perfdiag("report", tmp_path / "run.perfdiag")
    assert (2, "") == (ended.code, ended.out)
    assert "damaged" in ended.told["cause"]


def test_a_report_is_not_written_as_a_recording(look, tmp_path):
    ended = perfdiag("report", look.recording, "-o", tmp_path / "copy.perfdiag")
    assert (2, "", []) == (ended.code, ended.out, list(tmp_path.iterdir()))
    assert "would be a recording" in ended.told["error"]


def test_a_folder_is_no_recording(tmp_path):
    assert 2 == perfdiag("report", tmp_path).code
