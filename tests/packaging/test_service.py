"""The systemd unit: hardened, by systemd's own measure."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parent.parent.parent / "packaging" / "perfdiag.service"
MOST = 25  # tenths of systemd's exposure score; node_exporter's sample unit has 46


def test_the_exposure_of_the_service_stays_low() -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt install systemd)")
    command = [analyze, "security", "--offline=true", "--no-pager", f"--threshold={MOST}", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout.splitlines()[-1]
