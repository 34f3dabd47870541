import pytest

from perfdiag.model import Origin
from perfdiag.sampler.engines.looks import MOST_FRAMES
from perfdiag.sampler.engines.perf_script import parse

# As perf 6.1 prints it: redis-server of Debian, whose static functions have no names
PRINTED = """\
 7370/7370  11758.869811223:\x20
\tffffffff812af8f3 copy_page_from_iter_atomic ([kernel.kallsyms])
\t           8dd07 [unknown] (/usr/bin/redis-server)
\t           8e0c7 stringmatchlen (/usr/bin/redis-server)
\t           960f5 keysCommand (/usr/bin/redis-server)
\t           61215 main (/usr/bin/redis-server)
\t           27249 __libc_start_call_main (/usr/lib/x86_64-linux-gnu/libc.so.6)
\t               0 [unknown] ([unknown])

 7370/7371  11758.879815842:\x20
\t    7f2a11223344 std::map<int, long>::at(int const&) const (/opt/shop (beta)/bin/shop (deleted))

"""


def looks_of(text, tids=(7370, 7371)):
    """{tid: [(time, frames)]}, frames as (function, file, origin)."""
    looks = parse(text.split("\n"), set(tids))
    return {
        tid: [
            (look.since, [(f.function, f.file, f.origin) for f in looks.stacks[look.stack]]) for look in seen
        ]
        for tid, seen in looks.by_thread.items()
    }


def test_a_sample_is_a_thread_a_time_and_the_frames_that_have_names():
    found = looks_of(PRINTED)
    redis, libc = "/usr/bin/redis-server", "/usr/lib/x86_64-linux-gnu/libc.so.6"
    at, frames = found[7370][0]
    assert 11_758_869_811_223 == at
    assert [
        ("copy_page_from_iter_atomic", "[kernel.kallsyms]", Origin.KERNEL),
        ("stringmatchlen", redis, Origin.NATIVE),
        ("keysCommand", redis, Origin.NATIVE),
        ("main", redis, Origin.NATIVE),
        ("__libc_start_call_main", libc, Origin.NATIVE),
    ] == frames


def test_a_function_and_a_file_may_hold_spaces_and_parentheses():
    ((_, [(function, file, _)]),) = looks_of(PRINTED)[7371]
    assert "std::map<int, long>::at(int const&) const" == function
    assert "/opt/shop (beta)/bin/shop" == file


def test_threads_that_are_not_asked_for_are_left_out():
    assert {7371} == looks_of(PRINTED, {7371}).keys()


def test_a_stack_without_any_name_is_told_by_its_file():
    text = " 1/1  5.000000001: \n\t 11ac [unknown] (/opt/bin/secret)\n\t 0 [unknown] ([unknown])\n\n"
    assert [(5_000_000_001, [("secret (no symbols)", "/opt/bin/secret", Origin.NATIVE)])] == looks_of(
        text, {1}
    )[1]


def test_a_kernel_that_hides_its_names_is_told_as_the_kernel():
    text = " 1/1  5.000000001: \n\t f [unknown] ([kernel.kallsyms])\n\t 1 write (/usr/lib/libc.so.6)\n\n"
    ((_, frames),) = looks_of(text, {1})[1]
    assert [("kernel", Origin.KERNEL), ("write", Origin.NATIVE)] == [(f[0], f[2]) for f in frames]


def test_names_are_escaped_and_cut():
    text = f" 1/1  5.000000001: \n\t 1 \x1b[31m\udce9{'a' * 9999} (/bin/\x07x)\n\n"
    ((_, [(function, file, _)]),) = looks_of(text, {1})[1]
    assert (r"\x1b[31m\xe9aaa", 200, r"/bin/\x07x") == (function[:15], len(function), file)


@pytest.mark.parametrize(
    "line",
    [
        "\t zz foo (/bin/x)",  # no address
        "\t 12 foo",  # no file
        "\t 12 foo (/bin/x",  # cut
        "garbage",
        " 99/99 5.0:",  # a time without nanoseconds is not perf's
        "99999999999/1 5.000000000:",
        "1/1 5.000000000: more",
    ],
)
def test_a_line_of_another_shape_is_skipped(line):
    text = f" 1/1  5.000000001: \n\t 1 main (/bin/x)\n{line}\n\t 2 start (/bin/x)\n\n"
    ((_, frames),) = looks_of(text, {1, 99})[1]
    assert ["main", "start"] == [function for function, _, _ in frames]


def test_what_is_cut_in_the_middle_keeps_what_is_whole():
    for length in range(len(PRINTED)):
        found = looks_of(PRINTED[:length])
        assert len(found.get(7370, [])) <= 1
    assert {} == looks_of(PRINTED[:34])


def test_a_stack_that_is_too_deep_keeps_its_leaf_end():
    frames = "".join(f"\t {n:x} f{n} (/bin/x)\n" for n in range(5000))
    ((_, found),) = looks_of(f" 1/1  5.000000001: \n{frames}\n", {1})[1]
    assert (MOST_FRAMES, "f0") == (len(found), found[0][0])
