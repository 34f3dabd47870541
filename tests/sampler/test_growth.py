import time

from perfdiag.model import Process
from perfdiag.sampler.growth import Growth

PROCESSES = [Process(key="42@7", pid=42, ppid=1, started=7, comm="a", exe="", uid=0, cpus=1)]


def told(growth, processes):
    return [
        (sample.name, sample.value, dict(sample.labels)["stacks"], dict(sample.labels)["work"])
        for sample in growth.samples(processes)
    ]


def test_what_comes_bit_by_bit_is_added_up():
    growth = Growth()
    growth.take([[0, [3, 7], True, 10, 4, 0], [0, [3], False, 1, 2, 1]])
    growth.take([[0, [3, 7], True, 5, 1, 2]])
    assert [
        ("growth.looks", 15, "3 7", "1"),
        ("growth.pages", 5, "3 7", "1"),
        ("growth.descriptors", 2, "3 7", "1"),
        ("growth.looks", 1, "3", "0"),
        ("growth.pages", 2, "3", "0"),
        ("growth.descriptors", 1, "3", "0"),
    ] == told(growth, PROCESSES)


def test_only_the_sums_with_most_are_told():
    growth = Growth()
    growth.take([[0, [number], True, number + 1, 0, 0] for number in range(500)])
    assert 128 * 3 == len(told(growth, PROCESSES))
    assert "499" == told(growth, PROCESSES)[0][2]


def test_of_many_sums_the_largest_are_kept_and_each_look_costs_little():
    growth, processes = Growth(), PROCESSES * 2000
    for part in range(50):
        growth.take([[0, [part, number], False, part == 7, 0, 0] for number in range(1000)])
    before = time.process_time()
    assert 128 * 3 == len(told(growth, processes))
    assert time.process_time() - before < 0.5
    assert {"7"} == {stacks.split()[0] for _, _, stacks, _ in told(growth, processes)}


def test_a_process_that_is_not_there_is_left_out():
    growth = Growth()
    growth.take([[5, [1], True, 1, 1, 1]])
    assert [] == told(growth, PROCESSES)
