"""A registry of devices: eight threads take readings, and each writes the registry under one lock that it
keeps while the device answers (20 ms)."""

import sys
import threading
import time

from lifecycle import ready, start, truth

ANSWER_TIME = 0.02  # what the device takes to confirm


class Registry:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.devices: dict[int, tuple[float, int]] = {}

    def update_device(self, device: int, reading: float) -> None:
        with truth.span("lock"):
            self.lock.acquire()
        try:
            with truth.span("sleep"):
                time.sleep(ANSWER_TIME)
            version = self.devices.get(device, (0.0, 0))[1] + 1
            self.devices[device] = (reading, version)
        finally:
            self.lock.release()


class Poller:
    def __init__(self, registry: Registry, device: int) -> None:
        self.registry, self.device = registry, device

    def read_device(self) -> float:
        return sum(n * n % 97 for n in range(3000)) / 3000

    def poll(self) -> None:
        while True:
            self.registry.update_device(self.device, self.read_device())


def main() -> None:
    start()
    registry = Registry()
    for device in range(8):
        poller = Poller(registry, device)
        threading.Thread(target=poller.poll, name=f"poller-{device}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(sum(version for _, version in registry.devices.values()), "updates", file=sys.stderr)


if __name__ == "__main__":
    main()
