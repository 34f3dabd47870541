"""No text makes a parser raise anything but Broken: neither noise nor what a kernel writes, bent a little."""

from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from perfdiag.errors import Broken
from perfdiag.host import cgroupfs, procfs, procfs_net, procfs_system
from perfdiag.host.numerals import decimal, hexadecimal, integer

PARSERS = {
    "stat": procfs.parse_stat,
    "status": procfs.parse_status,
    "schedstat": procfs.parse_schedstat,
    "io": procfs.parse_io,
    "limits": procfs.parse_descriptor_limit,
    "cgroup": procfs.parse_cgroup,
    "system stat": procfs_system.parse_system_stat,
    "loadavg": procfs_system.parse_loadavg,
    "meminfo": procfs_system.parse_meminfo,
    "vmstat": lambda text: procfs_system.parse_vmstat(text, {"oom_kill", ""}),
    "pressure": procfs_system.parse_pressure,
    "diskstats": procfs_system.parse_diskstats,
    "host schedstat": procfs_system.parse_host_schedstat,
    "net/dev": procfs_net.parse_net_dev,
    "protocols": procfs_net.parse_protocols,
    "tcp": lambda text: list(procfs_net.parse_tcp(text)),
    "keyed": lambda text: cgroupfs.parse_keyed(text, "f"),
    "cpu.stat": cgroupfs.parse_cpu_stat,
    "cpu.max": cgroupfs.parse_cpu_max,
    "cpu.cfs_quota_us": lambda text: cgroupfs.parse_cpu_quota(text, text),
    "limit": lambda text: cgroupfs.parse_limit(text, "f"),
    "integer": lambda text: integer(text, "f"),
    "decimal": lambda text: decimal(text, "f"),
    "hexadecimal": lambda text: hexadecimal(text, "f"),
}

WORDS = (
    "0,1,-1,18446744073709551616,0x1F,(,),:,::,/,.,max,unlimited,kB,total=,some,full,cpu,cpu0,ctxt,nr_periods,"
    "nr_throttled,throttled_usec,throttled_time,Name,Uid,Tgid,Tcp:,Max open files,oom_kill,0100007F:1F90,R,S"
)
PIECES = st.sampled_from([*WORDS.split(","), ",", " ", "\n", "\t", "٣", "\udcff", "\x00", "\x85", " - "])
TEXTS = st.one_of(
    st.text(),
    st.text(alphabet=st.characters(max_codepoint=127)).map(lambda text: text + "\n"),
    st.lists(PIECES, max_size=60).map(lambda pieces: "".join(pieces) + "\n"),
    st.lists(PIECES, max_size=60).map(lambda pieces: " ".join(pieces) + "\n"),
)


@cache  # hypothesis draws again from the same text
def first_reading(path: str) -> str:
    with open(f"/proc/{path}", encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def read_or_broken(name: str, text: str) -> None:
    try:
        PARSERS[name](text)
    except Broken as error:
        message = str(error)
    else:
        message = ""
    assert "" == message or message.isprintable()


@pytest.mark.parametrize("name", sorted(PARSERS))
@given(text=TEXTS)
@example(text="")
@example(text="\n")
@example(text="1 (x) R " + "9" * 5000 + "\n")
def test_no_text_makes_a_parser_raise_anything_but_broken(name, text):
    read_or_broken(name, text)


@pytest.mark.parametrize(
    "path", ["self/stat", "self/status", "stat", "meminfo", "diskstats", "net/dev", "net/netstat"]
)
@given(data=st.data())
def test_a_real_file_that_was_cut_or_bent_is_read_or_broken(path, data):
    text = first_reading(path)
    at = data.draw(st.integers(0, len(text)))
    bent = text[:at] + data.draw(st.one_of(st.just(""), st.text(max_size=3))) + text[at + 1 :]
    name = {"stat": "system stat", "net/netstat": "protocols"}.get(path, path.removeprefix("self/"))
    for changed in (text[:at], bent):
        read_or_broken(name, changed)
