import pytest

from perfdiag.analyzers.files import SPEC
from tests.analyzers.snapshots_made import said_of

PID = {"pid": "42"}
LIMIT = {"cgroup": "backup", "device": "8:0", "direction": "read"}


def moment(at):
    read, write = PID | {"direction": "read"}, PID | {"direction": "write"}
    return [
        ("process.io.calls", 100 * at, read),
        ("process.io.calls", 0, write),
        ("process.io.bytes", 409600 * at, read | {"layer": "calls"}),
        ("process.io.bytes", 0, write | {"layer": "calls"}),
        ("process.io.bytes", 300_000 * at, read | {"layer": "device"}),
        ("process.io.bytes", 0, write | {"layer": "device"}),
        ("disk.bytes", 900_000 * at, {"device": "sda", "direction": "read"}),
        ("disk.bytes", 300_000 * at, {"device": "sda", "direction": "write"}),
        ("disk.operations", 90 * at, {"device": "sda", "direction": "read"}),
        ("disk.operations", 0, {"device": "sda", "direction": "write"}),
        ("cgroup.io.limit", 500_000, LIMIT | {"of": "bytes"}),
        ("cgroup.io.done", 450_000 * at, LIMIT | {"of": "bytes"}),
    ]


@pytest.fixture
def found():
    return said_of(SPEC, [moment(at) for at in range(5)])


def test_calls_and_their_size_by_direction(found):
    assert (100, 4096) == (
        found.value("io.calls", direction="read"),
        found.value("io.call_size", direction="read"),
    )
    assert 1.0 == found.value("io.small", direction="read")
    assert (0, 0) == (found.value("io.calls", direction="write"), found.value("io.small", direction="write"))
    assert None is found.first("io.call_size", direction="write")


def test_operations_of_a_device_and_for_whom_it_works(found):
    assert 10_000 == found.value("disk.operation_size", device="sda", direction="read")
    assert 0.75 == found.value("disk.others", device="sda")


def test_how_much_of_a_limit_is_used(found):
    (used,) = found.all("io.limit_used")
    assert 0.9 == used.estimate.value
    assert ("backup", "read", "500000", "B/s") == tuple(
        used.label(name) for name in ("cgroup", "direction", "limit", "unit")
    )


def test_a_counter_that_went_back_gives_no_rate():
    back = said_of(SPEC, [moment(3), moment(1)])
    assert None is back.first("io.calls", direction="read")
    assert "io.limit_used" not in back
