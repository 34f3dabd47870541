from hypothesis import given
from hypothesis import strategies as st

from perfdiag.sampler.burst import Credit, credited, look

STEP = 50_000  # nanoseconds


def burst(pages, stacks, step=STEP):
    """Looks at these levels, each of which met the stack that is named there; None: none."""
    return [
        look(number * step, (level, 0), () if stack is None else (stack,), work=True)
        for number, (level, stack) in enumerate(zip(pages, stacks, strict=True))
    ]


def told(looks):
    found = {}
    for (stacks, _), credit in credited(looks):
        before = found.get(stacks, (0, 0))
        found[stacks] = (before[0] + credit.looks, before[1] + credit.pages)
    return found


def test_what_is_added_for_good_is_credited_to_the_stack_that_was_met():
    pages = [10, 10, 14, 14, 18, 18, 18, 18, 18]
    assert {(1,): (3, 0), (2,): (2, 8)} == told(burst(pages, [1, 1, 2, 1, 2, 1, 1, 1, 1]))


def test_what_is_given_back_later_was_not_added():
    pages = [10, 90, 90, 90, 11, 11, 11, 11, 11, 11, 11, 11]
    assert {(7,): (3, 1), (8,): (4, 0)} == told(burst(pages, [7, 7, 7, 7, *[8] * 8]))


def test_of_the_last_looks_nothing_is_told():
    assert {(1,): (1, 0)} == told(burst([10, 10, 50], [1, 1, 2]))


def test_a_look_that_came_late_tells_nothing():
    assert {} == told(burst([10, 20, 30, 40, 50, 60], [1] * 6, step=1_000_000))


def test_a_look_that_met_nobody_credits_nobody():
    assert {} == told(burst([10, 20, 30, 40], [None] * 4))


def test_the_same_stack_counts_once_and_only_so_many_are_kept():
    assert (1, 2, 3, 4) == look(0, (0, 0), (5, 4, 3, 3, 2, 1), work=True).stacks


@given(st.lists(st.integers(0, 100), max_size=30))
def test_no_more_is_credited_than_the_level_rose(pages):
    added = [credit.pages for _, credit in credited(burst(pages, [1] * len(pages)))]
    assert all(one >= 0 for one in added)
    assert sum(added) <= (max(pages) - min(pages) if pages else 0)


def test_descriptors_are_told_beside_pages():
    looks = [look(at * STEP, (5, number), (3,), work=False) for at, number in enumerate([4, 5, 6, 6, 6, 6])]
    assert [((3,), False)] * 3 == [key for key, _ in credited(looks)]
    assert [Credit(1, 0, 1), Credit(1, 0, 1), Credit(1, 0, 0)] == [credit for _, credit in credited(looks)]
