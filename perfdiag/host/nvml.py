"""NVIDIA GPUs by libnvidia-ml.so.1, which comes with the driver: nothing has to be installed for it.

A call may take seconds (the first one wakes the driver) or, with a GPU that has fallen off its bus, for ever:
only the inspector's child may make them. Layouts and codes are those of nvml.h; what a GPU does not support
(utilization with MIG, for one) is None.
"""

import ctypes
from typing import Any

from perfdiag.errors import Broken, Denied, NoData
from perfdiag.text import printable

LIBRARY = "libnvidia-ml.so.1"
_NAME = 96  # bytes: NVML_DEVICE_UUID_V2_BUFFER_SIZE
_MOST = 64  # GPUs
_PROCESSES = 256  # of a GPU
_NOT_KNOWN = (1 << 64) - 1  # NVML_VALUE_NOT_AVAILABLE, as an unsigned long long
_DENIED, _NO_DRIVER = 4, 9  # NVML_ERROR_NO_PERMISSION, NVML_ERROR_DRIVER_NOT_LOADED

Reading = dict[str, Any]


class _Utilization(ctypes.Structure):
    _fields_ = (("gpu", ctypes.c_uint), ("memory", ctypes.c_uint))


class _Memory(ctypes.Structure):
    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


class _Process(ctypes.Structure):
    _fields_ = (
        ("pid", ctypes.c_uint),
        ("memory", ctypes.c_ulonglong),
        ("gpu_instance", ctypes.c_uint),
        ("compute_instance", ctypes.c_uint),
    )


class Nvml:
    """The library, initialised. NoData where it, or its driver, is not there; Broken where it refuses."""

    def __init__(self, library: str = LIBRARY) -> None:
        try:
            self._library = ctypes.CDLL(library)
        except OSError as error:
            raise NoData(f"{library}: cannot be loaded") from error
        code = self._call("nvmlInit_v2")
        if code:
            kind = {_DENIED: Denied, _NO_DRIVER: NoData}.get(code, Broken)
            raise kind(f"{library}: nvmlInit_v2 returned {code}")

    def read(self) -> list[Reading]:
        """Every GPU that may be looked at, with the processes that compute on it."""
        count = ctypes.c_uint()
        if code := self._call("nvmlDeviceGetCount_v2", ctypes.byref(count)):
            raise Broken(f"NVML: nvmlDeviceGetCount_v2 returned {code}")
        found = []
        for index in range(min(count.value, _MOST)):
            device = ctypes.c_void_p()
            if self._call("nvmlDeviceGetHandleByIndex_v2", ctypes.c_uint(index), ctypes.byref(device)) == 0:
                found.append(self._device(index, device))
        return found

    def _device(self, index: int, device: ctypes.c_void_p) -> Reading:
        rates = self._value("nvmlDeviceGetUtilizationRates", device, _Utilization())
        memory = self._value("nvmlDeviceGetMemoryInfo", device, _Memory())
        number = {
            name: getattr(self._value(function, device, kind()), "value", None)
            for name, function, kind in (
                ("power_mw", "nvmlDeviceGetPowerUsage", ctypes.c_uint),
                ("power_limit_mw", "nvmlDeviceGetEnforcedPowerLimit", ctypes.c_uint),
                ("throttle", "nvmlDeviceGetCurrentClocksThrottleReasons", ctypes.c_ulonglong),
            )
        }
        return {
            "index": index,
            "name": self._name(device),
            "utilization": rates.gpu if rates else None,
            "memory_utilization": rates.memory if rates else None,
            "memory_used": memory.used if memory else None,
            "memory_total": memory.total if memory else None,
            **number,
            "processes": self._processes(device),
        }

    def _name(self, device: ctypes.c_void_p) -> str:
        buffer = ctypes.create_string_buffer(_NAME)
        code = self._call("nvmlDeviceGetName", device, buffer, ctypes.c_uint(_NAME))
        return "" if code else printable(buffer.value.decode("utf-8", "replace"), _NAME)

    def _processes(self, device: ctypes.c_void_p) -> list[Reading] | None:
        """Process id (as the host counts) and memory; the calls of version 2 and 3 have the same layout."""
        for version in ("v3", "v2"):
            rows, count = (_Process * _PROCESSES)(), ctypes.c_uint(_PROCESSES)
            name = f"nvmlDeviceGetComputeRunningProcesses_{version}"
            if self._call(name, device, ctypes.byref(count), rows) == 0:
                return [
                    {"pid": row.pid, "memory": None if row.memory == _NOT_KNOWN else row.memory}
                    for row in rows[: count.value]
                ]
        return None

    def _value(self, function: str, device: ctypes.c_void_p, into: Any) -> Any:
        """`into`, filled by the call; None where it fails."""
        return None if self._call(function, device, ctypes.byref(into)) else into

    def _call(self, function: str, *arguments: Any) -> int:
        """The return code; 13 (NVML_ERROR_FUNCTION_NOT_FOUND) where the library has no such function."""
        try:
            call = getattr(self._library, function)
        except AttributeError:
            return 13
        return int(call(*arguments))


_open: dict[str, Nvml] = {}


def read(library: str = LIBRARY) -> list[Reading]:
    """All GPUs; the library stays initialised in this process. NoData, Denied or Broken as of `Nvml`."""
    if library not in _open:
        _open[library] = Nvml(library)
    return _open[library].read()
