from perfdiag.sampler.cpython.code import RawFrame
from perfdiag.sampler.stacks import Stacks

A, B, C = (RawFrame("app.py", name, 1, 1) for name in "abc")


def test_a_stack_has_one_id_whichever_process_had_it():
    stacks = Stacks()
    assert [0, 1, 0] == [stacks.intern(frames) for frames in ((A, B), (C, B), (A, B))]
    assert ([A, B, C], [(0, 1), (2, 1)]) == stacks.take()


def test_what_was_taken_is_not_taken_again_and_ids_go_on():
    stacks = Stacks()
    stacks.intern((A,))
    stacks.take()
    assert 1 == stacks.intern((B, A))
    assert ([B], [(1, 0)]) == stacks.take()
    assert ([], []) == stacks.take()


def test_beyond_the_limit_a_stack_is_lost_and_counted():
    stacks = Stacks(limit=1)
    assert [0, -1, 0, -1] == [stacks.intern(frames) for frames in ((A,), (B,), (A,), (C,))]
    assert 2 == stacks.lost
