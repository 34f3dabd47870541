"""No ptrace, no signal to the target: what strace, started around perfdiag, sees of its calls."""

import os
import re
import shutil
import signal
import subprocess

import pytest

from tests.cli.running import PERFDIAG

SIGNALS = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal")
REFUSED = ("ptrace", "process_vm_writev", "process_madvise")
SENT = re.compile(rf"\b(?:{'|'.join(SIGNALS)})\((-?\d+)")


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_the_target_is_neither_traced_nor_signalled(busy, tmp_path):
    log = tmp_path / "strace"
    strace = ["strace", "-f", "-qq", "-e", f"trace={','.join(SIGNALS + REFUSED)}", "-o", str(log)]
    words = [*PERFDIAG, "profile", "-p", str(busy), "-d", "1", "-f", "brief"]
    process = subprocess.Popen([*strace, *words], stderr=subprocess.PIPE, start_new_session=True)
    try:
        _, err = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # perfdiag too: strace alone would leave it stopped
        raise
    if b"Operation not permitted" in err:
        pytest.skip("strace may not trace here")
    assert 0 == process.returncode, err
    text = log.read_text("utf-8")
    sent = {int(pid) for pid in SENT.findall(text)}
    assert sent  # to its own children at least: the calls were seen
    assert busy not in {abs(pid) for pid in sent}
    assert [] == [line for line in text.splitlines() if re.search(rf"\b(?:{'|'.join(REFUSED)})\(", line)]
