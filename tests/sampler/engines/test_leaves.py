from perfdiag.model import Origin
from perfdiag.sampler.engines.leaves import Leaf, counted

# As perf 6.1 prints samples without stacks: of Python that compresses, on Debian
PRINTED = """\
  508/508   25018.042182015:      7f7aa5bfc27c [unknown] (/usr/lib/x86_64-linux-gnu/libz.so.1.2.13)
  508/508   25018.078038392:      7f7aa5bfaa92 [unknown] (/usr/lib/x86_64-linux-gnu/libz.so.1.2.13)
  508/509   25018.088038392:            11a92 adler32_z (/usr/lib/x86_64-linux-gnu/libz.so.1.2.13)
  508/508   25018.180171856:  ffffffff821eb0e7 clear_page_erms ([kernel.kallsyms])
  508/510   25018.190171856:  ffffffff821eb0e7 clear_page_erms ([kernel.kallsyms])
"""
LIBZ = "/usr/lib/x86_64-linux-gnu/libz.so.1.2.13"


def test_functions_are_counted_by_name_and_those_without_one_by_their_file():
    assert {
        Leaf("libz.so.1.2.13 (no symbols)", LIBZ, Origin.NATIVE): 2,
        Leaf("adler32_z", LIBZ, Origin.NATIVE): 1,
        Leaf("clear_page_erms", "[kernel.kallsyms]", Origin.KERNEL): 1,
    } == counted(PRINTED.split("\n"), {508, 509})


def test_what_is_no_sample_is_passed_over():
    lines = ["", ":", "no/number 1.1: 1 f (/x)", " 508/508 5.000000001:", " 508/508 5.000000001: zz f (/x)"]
    assert {} == counted(lines, {508})


def test_a_name_from_outside_is_printable():
    (found,) = counted(["1/1  5.000000001: 11 \x1b[31mred (/tmp/\x1b]0;x.so)"], {1})
    assert "\x1b" not in found.function + found.file
