"""What can be seen on this host, in words."""

from tests.cli.running import perfdiag


def test_the_doctor_says_what_is_there(tmp_path):
    here = perfdiag("doctor")
    assert (0, "") == (here.code, here.err)
    assert "yes  perfdiag's own interpreter: CPython" in here.out


def test_without_a_proc_file_system_nothing_can_be_said(tmp_path):
    ended = perfdiag("doctor", "--procfs", tmp_path)
    assert (3, "mount -t proc proc /proc") == (ended.code, ended.told["fix"])
    assert ended.told["cause"].startswith(f"no proc file system is mounted at {tmp_path}")
