import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.attribution.groups import user_frame
from perfdiag.attribution.places import culprit, function_keys, function_name, place
from perfdiag.model import Frame, Origin, Stack
from tests.recordings_made import STDLIB, Script


def stacks(*chains):
    """Stacks from 'leaf < caller < root' texts."""
    script = Script()
    return [script.stacks[script.stack(*chain.split(" < "))] for chain in chains]


def test_a_comprehension_belongs_to_the_function_that_it_stands_in():
    (stack,) = stacks("a.py:3 rank.<locals>.<listcomp> < a.py:1 rank")
    assert "rank" == function_name(stack.frames[0])
    assert {"a.py:rank"} == function_keys(stack)


@pytest.mark.parametrize(
    "name", ["rank.<locals>.<listcomp>.<listcomp>", "rank.<listcomp>", "rank.<locals>.<genexpr>", "rank"]
)
def test_a_comprehension_in_another_one_belongs_to_the_same_function(name):
    (stack,) = stacks(f"a.py:3 {name}")
    assert "rank" == function_name(stack.frames[0])


def test_a_place_carries_the_stack_to_the_root():
    (stack,) = stacks("pool.py:3 take < orders.py:88 load < views.py:4 serve")
    found = place(stack.frames[1], stack)
    assert ("orders.py", "load", 88) == (found.file, found.function, found.line)
    assert ("orders.py:88 load", "views.py:4 serve") == found.stack


def test_the_deepest_function_with_most_of_the_time_is_the_culprit():
    hot, warm = stacks("a.py:9 hash < a.py:5 pack < a.py:1 main", "a.py:6 pack < a.py:1 main")
    found, share = culprit([(hot, 0.7), (warm, 0.3)])
    assert ("hash", 9) == (found.function, found.line)
    assert pytest.approx(0.7) == share


def test_where_the_time_splits_up_the_caller_is_the_culprit():
    one, two = stacks("a.py:9 hash < a.py:5 pack < a.py:1 main", "a.py:19 copy < a.py:6 pack < a.py:1 main")
    found, share = culprit([(one, 0.45), (two, 0.55)])
    assert ("pack", 6) == (found.function, found.line)
    assert pytest.approx(1.0) == share


def test_library_frames_are_seen_through():
    (stack,) = stacks(f"{STDLIB}/json/decoder.py:355 raw_decode < orders.py:12 parse < views.py:4 serve")
    assert "parse" == culprit([(stack, 1.0)])[0].function


def test_without_user_code_a_library_frame_stands_for_the_stack():
    (stack,) = stacks(f"{STDLIB}/selectors.py:468 select < {STDLIB}/socketserver.py:232 serve_forever")
    assert "select" == culprit([(stack, 1.0)])[0].function


def test_no_time_has_no_culprit():
    (stack,) = stacks("a.py:1 main")
    assert None is culprit([])
    assert None is culprit([(stack, 0.0)])


@given(st.permutations(range(4)))
def test_the_order_of_the_stacks_does_not_matter(order):
    rows = [
        (stack, 1.0)
        for stack in stacks(
            "a.py:5 one < a.py:1 m", "a.py:6 two < a.py:1 m", "a.py:7 one < a.py:2 m", "a.py:2 m"
        )
    ]
    expected = culprit(rows)[0]
    found = culprit([rows[number] for number in order])[0]
    assert (expected.function, expected.line) == (found.function, found.line)


def test_who_makes_the_objects_is_asked_for_and_not_their_constructor():
    (stack,) = stacks("a.py:9 Node.__init__ < a.py:5 build < a.py:1 main")
    assert "Node.__init__" == culprit([(stack, 1.0)])[0].function
    assert "build" == culprit([(stack, 1.0)], callers=True)[0].function


def test_a_stack_of_constructors_alone_is_kept():
    (stack,) = stacks("a.py:9 Node.__init__")
    assert "Node.__init__" == culprit([(stack, 1.0)], callers=True)[0].function


def native(*functions):
    """A stack of a program without symbols: what is named is of the kernel ('k:') or of the C library."""
    frames = [
        Frame(
            file="[kernel.kallsyms]" if "k:" in function else "/usr/lib/libc.so.6",
            function=function.removeprefix("k:"),
            line=0,
            first_line=0,
            origin=Origin.KERNEL if "k:" in function else Origin.NATIVE,
        )
        for function in functions
    ]
    return Stack(id=0, frames=tuple(frames))


def test_what_the_kernel_does_is_told_where_the_program_called_it():
    clears = native("k:clear_page_erms", "k:exc_page_fault", "memset", "__libc_start_call_main")
    locks = native("k:_raw_spin_lock", "k:exc_page_fault", "memset", "__libc_start_call_main")
    frees = native("k:unmap_page_range", "k:do_syscall_64", "munmap", "__libc_start_call_main")
    assert ["memset", "memset", "munmap"] == [
        user_frame(one.frames).function for one in (clears, locks, frees)
    ]
    found, share = culprit([(clears, 0.35), (locks, 0.3), (frees, 0.35)])
    assert ("memset", pytest.approx(0.65)) == (found.function, share)


def test_where_calls_of_the_kernel_split_up_the_function_that_makes_them_is_named():
    touches, frees = (native("k:lock", name, "__libc_start_call_main") for name in ("memset", "munmap"))
    found, share = culprit([(touches, 0.5), (frees, 0.5)])
    assert ("__libc_start_call_main", pytest.approx(1.0)) == (found.function, share)


def test_of_a_stack_of_the_kernel_alone_the_function_with_most_of_it_is_named():
    one, two = (native(leaf, "k:ksys_read", "k:do_syscall_64") for leaf in ("k:copy", "k:lock"))
    assert "ksys_read" == culprit([(one, 0.5), (two, 0.5)])[0].function
