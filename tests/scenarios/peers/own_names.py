"""Runs a command that asks slow_names for host names: `python own_names.py COMMAND...`. With a mount
namespace of its own, in which /etc/resolv.conf is another file; that needs root."""

import ctypes
import os
import sys
import tempfile

CLONE_NEWNS = 0x00020000  # linux/sched.h
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000  # linux/mount.h
SETTINGS = b"nameserver 127.53.0.1\noptions timeout:5\n"


def check(status: int) -> None:
    if status:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def main() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    check(libc.unshare(CLONE_NEWNS))
    check(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    with tempfile.NamedTemporaryFile() as settings:
        settings.write(SETTINGS)
        settings.flush()
        check(libc.mount(settings.name.encode(), b"/etc/resolv.conf", None, MS_BIND, None))
    os.execv(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
