import os

import pytest

from perfdiag.sampler.throttle import Throttle

V1 = "nr_periods {0}\nnr_throttled {1}\nthrottled_time {2}\n"
V2 = "usage_usec 9\nuser_usec 5\nnr_periods {0}\nnr_throttled {1}\nthrottled_usec {2}\nnr_bursts 0\n"


@pytest.mark.parametrize("form", [V1, V2])
def test_a_tick_in_which_throttled_time_grew_ends_a_stop(tmp_path, form):
    file = tmp_path / "cpu.stat"
    file.write_text(form.format(10, 3, 700))
    throttle = Throttle([str(file)])
    assert throttle
    assert not throttle.grew()
    file.write_text(form.format(11, 3, 700))  # another period, and no stop in it
    assert not throttle.grew()
    file.write_text(form.format(12, 4, 900))
    assert throttle.grew()
    assert not throttle.grew()
    throttle.close()


def test_the_quota_of_any_ancestor_counts(tmp_path):
    files = [tmp_path / "own", tmp_path / "parent"]
    for file in files:
        file.write_text(V2.format(1, 0, 0))
    throttle = Throttle([str(file) for file in files])
    files[1].write_text(V2.format(2, 1, 50))
    assert throttle.grew()
    throttle.close()


def test_without_a_group_nothing_is_throttled(tmp_path):
    throttle = Throttle([str(tmp_path / "missing")])
    assert not throttle
    assert not throttle.grew()


def test_closing_gives_the_descriptors_back(tmp_path):
    file = tmp_path / "cpu.stat"
    file.write_text(V2.format(1, 0, 0))
    before = set(os.listdir("/proc/self/fd"))
    throttle = Throttle([str(file)])
    throttle.close()
    assert before == set(os.listdir("/proc/self/fd"))
    assert not throttle.grew()


def test_a_file_that_can_no_longer_be_read_is_no_stop(tmp_path):
    file = tmp_path / "cpu.stat"
    file.write_text(V2.format(1, 1, 50))
    throttle = Throttle([str(file)])
    file.write_text("")
    assert not throttle.grew()
    throttle.close()
