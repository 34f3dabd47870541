from perfdiag.analyzers.rules.disk_write import SPEC
from perfdiag.model import Object, ObjectType
from tests.analyzers.rules.signals_made import JOURNAL, LOAD, said, share, verdicts

FILES = Object(id=-1, type=ObjectType.FILE, name="/media/*.mkv (7 files)")


def test_it_names_the_file_and_the_code_that_waits():
    (found,) = said(SPEC, share("time.write", 0.4, where=LOAD, object=JOURNAL))
    assert (
        "load (orders.py:88) waits for writes to /var/lib/shop/journal for 40 % of the busy time."
        == found.summary
    )
    assert frozenset({"/var/lib/shop/journal"}) == found.claim.objects


def test_files_that_are_told_as_one_are_claimed_as_one():
    labels = (("told_as", "/media/*.mkv"),)
    (found,) = said(SPEC, share("time.write", 0.4, where=LOAD, object=FILES, labels=labels))
    assert frozenset({"/media/*.mkv"}) == found.claim.objects
    assert "waits for writes to /media/*.mkv (7 files)" in found.summary


def test_a_little_of_it_is_no_illness():
    assert [] == verdicts(SPEC, share("time.write", 0.05))
    assert ["inconclusive"] == verdicts(SPEC, share("time.write", 0.2, 0.05, 0.4))


def test_a_limit_that_is_reached_is_said():
    labels = (
        ("cgroup", "fs/cgroup/blkio/backup"),
        ("device", "8:0"),
        ("direction", "write"),
        ("limit", "2.09715e+07"),
        ("unit", "B/s"),
    )
    (found,) = said(SPEC, share("time.write", 0.4), share("io.limit_used", 0.98, labels=labels))
    (reached,) = found.chain
    assert (
        "the control group fs/cgroup/blkio/backup may write no more than 20.0 MiB/s on device 8:0, and does"
        " 98 % of that" == reached
    )
    (found,) = said(SPEC, share("time.write", 0.4), share("io.limit_used", 0.3, labels=labels))
    assert () == found.chain
