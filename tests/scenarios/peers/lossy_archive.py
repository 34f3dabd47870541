"""Takes parts of a fixed size and confirms each, over a link that loses one segment in eight: a socket filter
drops them at random before TCP sees them. Prints its port as one JSON line; ends with its parent."""

import ctypes
import json
import os
import signal
import socket
import struct
import threading

PART = 64 << 10  # bytes; upload_parts sends as many
LOST = (1 << 32) // 8  # of 2^32 random numbers
SO_ATTACH_FILTER = 26  # asm-generic/socket.h
# Classic BPF, linux/filter.h: A = random number (SKF_AD_OFF + SKF_AD_RANDOM); A >= LOST keeps the segment
PROGRAM = (
    struct.pack("HBBI", 0x20, 0, 0, 0xFFFFF000 + 56),
    struct.pack("HBBI", 0x35, 0, 1, LOST),
    struct.pack("HBBI", 0x06, 0, 0, 0xFFFFFFFF),
    struct.pack("HBBI", 0x06, 0, 0, 0),
)


def lose_segments(connection: socket.socket) -> None:
    code = ctypes.create_string_buffer(b"".join(PROGRAM))
    program = struct.pack("HP", len(PROGRAM), ctypes.addressof(code))
    connection.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


def take_parts(connection: socket.socket) -> None:
    lose_segments(connection)
    left = PART
    while block := connection.recv(left):
        left -= len(block)
        if not left:
            connection.sendall(b"ok\n")
            left = PART


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(json.dumps({"ready": True, "pid": os.getpid(), "port": server.getsockname()[1]}), flush=True)
        while True:
            threading.Thread(target=take_parts, args=(server.accept()[0],), daemon=True).start()


if __name__ == "__main__":
    main()
