import ctypes
import os
import subprocess

import pytest

from perfdiag.host.memory import Memory, piece


@pytest.fixture
def data() -> "ctypes.Array[ctypes.c_char]":
    return ctypes.create_string_buffer(bytes(range(256)) * 64, 256 * 64)


def test_memory_of_a_process_is_read_as_bytes_and_as_words(data: "ctypes.Array[ctypes.c_char]") -> None:
    memory, at = Memory(os.getpid()), ctypes.addressof(data)
    assert b"\x01\x02\x03" == memory.read(at + 1, 3)
    assert 0x0706050403020100 == memory.pointer(at)
    assert 16 == memory.gather(piece(at, 8) + piece(at + 16, 8), 16)
    assert bytes(range(8)) + bytes(range(16, 24)) == bytes(memory.octets[:16])
    assert 0x0706050403020100 == memory.words[0]


def test_more_pieces_than_one_call_takes_are_copied_in_order(data: "ctypes.Array[ctypes.c_char]") -> None:
    memory, at = Memory(os.getpid(), capacity=64), ctypes.addressof(data)
    request = b"".join(piece(at + number, 1) for number in range(2500))
    assert 2500 == memory.gather(request, 2500)
    assert data.raw[:2500] == bytes(memory.octets[:2500])
    assert 3 == memory.calls


def test_a_gather_ends_before_the_first_piece_that_is_not_mapped(data: "ctypes.Array[ctypes.c_char]") -> None:
    memory, at = Memory(os.getpid()), ctypes.addressof(data)
    assert 8 == memory.gather(piece(at, 8) + piece(8, 8) + piece(at, 8), 24)
    assert 0 == memory.gather(piece(8, 8), 8)
    many = b"".join([piece(at, 1)] * 1500 + [piece(8, 1)] + [piece(at, 1)] * 1500)
    assert 1500 == memory.gather(many, 3001)


def test_an_address_that_is_not_mapped_is_an_error_of_its_own() -> None:
    with pytest.raises(OSError, match="cannot read 8 bytes at 0x8") as caught:
        Memory(os.getpid()).read(8, 8)
    assert not isinstance(caught.value, ProcessLookupError | PermissionError)
    with pytest.raises(OSError, match="cannot read"):
        Memory(os.getpid()).pointer(-8)


def test_a_process_that_has_ended_is_told_from_a_bad_address() -> None:
    child = subprocess.Popen(["/bin/true"])
    child.wait()
    with pytest.raises(ProcessLookupError):
        Memory(child.pid).read(4096, 8)
    with pytest.raises(ProcessLookupError):
        Memory(child.pid).gather(piece(4096, 8), 8)


def test_a_process_of_another_user_is_refused() -> None:
    """Read as an ordinary user: process 1 belongs to root."""
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            Memory(1).read(4096, 8)
        except PermissionError:
            os._exit(42)
        finally:
            os._exit(1)
    assert 42 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
