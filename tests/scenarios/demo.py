"""`make demo`: a small checkout service with a planted fault, its payment provider and its customers,
profiled by perfdiag while they run. Needs nothing but Python."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tests.scenarios.servers import running
from tests.scenarios.stage import ready_line

HERE = Path(__file__).parent
WARM_SECONDS = 1.0


def command(*words: str) -> list[str]:
    return [sys.executable, str(HERE / words[0]), *words[1:]]


def demonstrate(duration: float) -> int:
    """perfdiag's exit code; its report goes to this program's stdout."""
    with running(command("peers/payment_provider.py")) as provider:
        charge = str(ready_line(provider)["port"])
        with running(command("targets/checkout_service.py", "--provider", charge)) as service:
            facts = ready_line(service)
            with running(command("peers/shop_clients.py", str(facts["port"]))):
                time.sleep(WARM_SECONDS)
                pid = str(facts["pid"])
                words = ["-m", "perfdiag", "profile", "-p", pid, "-d", f"{duration:g}"]
                print(f"checkout_service.py runs as pid {pid}, with eight customers.")
                print(f"$ perfdiag {' '.join(words[2:])}", flush=True)
                return subprocess.run([sys.executable, *words]).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--duration", type=float, default=10.0, metavar="SECONDS")
    return demonstrate(parser.parse_args().duration)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
