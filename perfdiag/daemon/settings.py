"""What the daemon is told to do, checked."""

import ipaddress
import os
from dataclasses import dataclass

from perfdiag.errors import UsageError

_KEEP_SECONDS = 7 * 86400
_KEEP_BYTES = 256 << 20
_KEEP_SHARE = 0.05  # of the file system

_LISTEN_FIX = "write it as 127.0.0.1:9709 or [::1]:9709"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`interval` in seconds."""

    address: str
    port: int
    data_dir: str
    procfs: str = "/proc"
    interval: float = 1.0

    @property
    def keep_ticks(self) -> int:
        return max(120, int(_KEEP_SECONDS / self.interval))

    def keep_bytes(self) -> int:
        """The lesser of 256 MiB and a twentieth of the file system. Raises OSError."""
        status = os.statvfs(self.data_dir)
        return max(1 << 20, min(_KEEP_BYTES, int(status.f_blocks * status.f_frsize * _KEEP_SHARE)))


def parse_listen(text: str, *, insecure: bool) -> tuple[str, int]:
    """(address, port) of `ADDRESS:PORT`. Raises UsageError; also for an address that others can reach, unless
    `insecure`: /metrics names what runs here, and there is neither TLS nor a password."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise UsageError(f"bad --listen {text!r}", cause="an IPv6 address needs brackets", fix=_LISTEN_FIX)
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise UsageError(f"bad --listen {text!r}", cause="the port must be 0..65535", fix=_LISTEN_FIX)
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise UsageError(
            f"bad --listen {text!r}", cause="the address must be numeric", fix=_LISTEN_FIX
        ) from error
    if not (address.is_loopback or insecure):
        raise UsageError(
            f"refusing to listen on {address}",
            cause="others can reach it, and there is neither TLS nor a password",
            fix="listen on 127.0.0.1 behind a proxy, or say --insecure-bind",
        )
    return str(address), int(port)
