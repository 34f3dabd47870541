import struct

import pytest

from perfdiag.sampler.cpython.layout import Unsupported, version_of
from perfdiag.sampler.cpython.tables import TABLES


@pytest.mark.parametrize("version", [version for version in TABLES if version >= (3, 11)])
def test_a_frame_is_unpacked_as_code_previous_instruction_and_kind(version: tuple[int, int]) -> None:
    layout = TABLES[version]
    frame = bytearray(layout.frame_size)
    struct.pack_into("<Q", frame, layout.frame_code, 11)
    struct.pack_into("<Q", frame, layout.frame_previous, 22)
    struct.pack_into("<Q", frame, layout.frame_instruction, 33)
    frame[layout.frame_owner] = 2
    kind = 2
    if layout.frame_is_entry is not None:
        frame[layout.frame_is_entry] = 1
        kind = 1 + 256 * 2
    assert (11, 22, 33, kind) == layout.frame_struct().unpack_from(frame, layout.frame_code)


@pytest.mark.parametrize("version", [version for version in TABLES if version >= (3, 11)])
def test_the_kind_that_ends_a_chain_is_the_one_of_the_version(version: tuple[int, int]) -> None:
    layout = TABLES[version]
    # 3.11: is_entry and owned by the thread; 3.12: FRAME_OWNED_BY_CSTACK
    assert {(3, 11): (1, 65536), (3, 12): (3, 3)}[version] == (layout.root, layout.shim)


def test_only_final_releases_have_a_version() -> None:
    assert (3, 11, 7) == version_of(0x030B07F0)
    with pytest.raises(Unsupported, match=r"3\.14\.0 is a pre-release"):
        version_of(0x030E00A5)
    for absurd in (0, 0x020712F0, 1 << 40):
        with pytest.raises(Unsupported, match="no version of Python 3"):
            version_of(absurd)
