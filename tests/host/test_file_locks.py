import fcntl
import os

from perfdiag.host.file_locks import FileLock, parse_locks

TEXT = """\
1: POSIX  ADVISORY  WRITE 812 fe:00:2146391 1073741825 1073741825
1: -> POSIX  ADVISORY  WRITE 813 fe:00:2146391 1073741825 1073741825
2: POSIX  ADVISORY  READ 814 08:02:77 0 EOF
3: FLOCK  ADVISORY  WRITE 815 08:02:78 0 EOF
4: OFDLCK ADVISORY  READ -1 08:02:79 128 128
5: POSIX  ADVISORY  WRITE -1 08:02:79 120 120
6: LEASE  ACTIVE    READ 816 08:02:80 0 EOF
"""


def test_locks_of_posix_that_are_held_are_told_with_their_bytes():
    expected = [FileLock(812, 2146391, True, 1073741825, 1073741825), FileLock(814, 77, False, 0, -1)]
    assert expected == list(parse_locks(TEXT))


def test_lines_that_were_cut_or_are_none_are_left_out():
    assert [] == list(
        parse_locks("1: POSIX  ADVISORY  WRITE 812 fe:00:21\n\nx\n1: POSIX ADVISORY W x y:z a b")
    )


def test_the_kernel_lists_a_lock_of_this_process(tmp_path):
    with open(tmp_path / "stock", "wb") as file:
        fcntl.lockf(file, fcntl.LOCK_EX, 2, 120)
        with open("/proc/locks", encoding="ascii") as locks:
            found = list(parse_locks(locks.read()))
        assert FileLock(os.getpid(), os.fstat(file.fileno()).st_ino, True, 120, 121) in found
