import os
from pathlib import Path

import pytest

from perfdiag.host.namespaces import inner_pid, inner_tids


def test_a_process_in_our_own_namespace_needs_no_translation() -> None:
    assert {} == inner_tids(os.getpid())


def test_threads_in_a_namespace_are_found_by_their_inner_ids(tmp_path: Path) -> None:
    for tid, inner in ((500, 1), (501, 7)):
        task = tmp_path / "500" / "task" / str(tid)
        task.mkdir(parents=True)
        (task / "status").write_text(f"Name:\tx\nNSpid:\t{tid}\t{inner}\n")
    (tmp_path / "500" / "task" / "502").mkdir()  # has ended: no status any more
    (tmp_path / "500" / "status").write_text("Name:\tx\nNSpid:\t500\t1\n")
    assert {1: 500, 7: 501} == inner_tids(500, str(tmp_path))


def test_a_kernel_without_the_line_has_no_namespaces_to_tell(tmp_path: Path) -> None:
    (tmp_path / "500").mkdir()
    (tmp_path / "500" / "status").write_text("Name:\tx\n")
    assert {} == inner_tids(500, str(tmp_path))


def test_a_process_that_has_ended_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inner_tids(500, str(tmp_path))


def test_the_number_in_its_own_namespace_is_told_where_it_differs(tmp_path: Path) -> None:
    assert 0 == inner_pid(os.getpid())
    (tmp_path / "500").mkdir()
    (tmp_path / "500" / "status").write_text("Name:\tx\nNSpid:\t500\t1\n")
    assert [1, 0] == [inner_pid(pid, str(tmp_path)) for pid in (500, 501)]
