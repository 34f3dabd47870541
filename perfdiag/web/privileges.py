"""Giving up every right that the web process does not need, for good.

Root becomes `nobody`; all capability sets (bounding, ambient, permitted, effective, inheritable) are emptied
and NO_NEW_PRIVS forbids to gain any by exec; no core file, no debugger, few descriptors (capabilities(7),
prctl(2)).
"""

import ctypes
import os
import resource
from contextlib import suppress

_PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 4, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
_CAPABILITIES = 64  # more than the kernel knows: dropping an unknown one is EINVAL, and no harm
_NOBODY = 65534
_DESCRIPTORS = 128

_libc = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Sets(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def drop() -> str:
    """Give up all rights; returns what is left, in words. Raises OSError when a capability would remain."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_DESCRIPTORS, _DESCRIPTORS))
    for capability in range(_CAPABILITIES):
        _prctl(_PR_CAPBSET_DROP, capability)  # EPERM without CAP_SETPCAP: NO_NEW_PRIVS serves as well
    if os.geteuid() == 0:
        with suppress(OSError):  # root without CAP_SETUID, or a user namespace without a nobody
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header, sets = _Header(_CAPABILITY_VERSION_3, 0), (_Sets * 2)()
    if _libc.capset(ctypes.byref(header), sets) or _prctl(_PR_SET_NO_NEW_PRIVS, 1):
        raise OSError(ctypes.get_errno(), "the capabilities could not be dropped")
    _prctl(_PR_SET_DUMPABLE, 0)
    return f"uid {os.geteuid()}, no capability, no new privileges"


def _prctl(option: int, argument: int) -> int:
    return int(_libc.prctl(option, argument, 0, 0, 0))
