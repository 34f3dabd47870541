import pytest

from perfdiag.attribution.files import told_as
from perfdiag.model import TimeClass


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("/media/a.mkv", "/media/*.mkv"),
        ("/media/a.b.mkv", "/media/*.mkv"),
        ("/var/lib/shop/journal", "/var/lib/shop/*"),
        ("/srv/.hidden", "/srv/*"),
        ("/passwd", "/*"),
        ("/dev/sda", "/dev/sda"),
        ("memfd:x", "memfd:x"),
        ("", ""),
    ],
)
def test_files_of_a_directory_with_one_suffix_are_told_as_one(name, expected):
    assert expected == told_as(TimeClass.DISK, name)
    assert expected == told_as(TimeClass.WRITE, name)


def test_what_is_no_wait_for_a_file_keeps_its_name():
    assert "/run/db.sock" == told_as(TimeClass.NETWORK, "/run/db.sock")
    assert "/var/lib/shop/journal" == told_as(TimeClass.FSYNC, "/var/lib/shop/journal")
