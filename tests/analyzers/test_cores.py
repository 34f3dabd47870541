import pytest

from perfdiag.analyzers.cores import SPEC
from tests.analyzers.snapshots_made import said_of


def moment(at, busy, affinity):
    readings = [("cpu.busy", rate * at, {"cpu": str(cpu)}) for cpu, rate in enumerate(busy)]
    return readings + [
        ("process.affinity", threads, {"pid": "42", "cpus": cpus}) for cpus, threads in affinity.items()
    ]


def unreachable(busy, affinity):
    found = said_of(SPEC, [moment(at, busy, affinity) for at in range(4)]).first("cpu.unreachable")
    return round(found.estimate.value, 6), found.label("cpus")


def test_cpus_that_idle_and_may_not_be_used():
    assert (0.9, "0") == unreachable([1.0, 0.1, 0.1, 0.1], {"0": 3})


def test_all_cpus_may_be_used():
    assert (0.0, "") == unreachable([1.0, 0.1], {"0-1": 3})


def test_the_others_are_taken():
    assert (0.0, "0") == unreachable([1.0, 1.0], {"0": 3})


def test_the_threads_that_are_confined_count_and_not_the_main_thread():
    assert (1.0, "2,3") == unreachable([0.0, 0.0, 1.0, 1.0], {"0-3": 1, "2,3": 8, "0": 2})


def test_what_a_confined_program_uses_itself_of_its_cpus():
    used = [
        moment(at, [1.0, 1.0, 1.0], {"1-2": 4})
        + [("process.cpu", 0.8 * at, {"pid": "42", "mode": mode}) for mode in ("user", "system")]
        for at in range(4)
    ]
    found = said_of(SPEC, used).first("cpu.confined")
    assert (0.8, "1-2") == (round(found.estimate.value, 6), found.label("cpus"))
    assert "cpu.confined" not in said_of(SPEC, [moment(at, [1.0, 0.1], {"0-1": 3}) for at in range(4)])


@pytest.mark.parametrize("cpus", ["", "x", "1-", "-", "²"])
def test_a_list_that_is_none_allows_nothing_and_breaks_nothing(cpus):
    assert 0.5 == unreachable([1.0, 0.0], {cpus: 1})[0] or "1-" == cpus


def test_without_a_list_of_cpus_there_is_no_signal():
    assert "cpu.unreachable" not in said_of(SPEC, [moment(at, [1.0], {}) for at in range(4)])
