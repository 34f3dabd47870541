import subprocess
import sys

PROGRAM = """
import ctypes
from perfdiag.host.parent import keep_to_itself
PR_GET_DUMPABLE = 3
print(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE))
keep_to_itself()
print(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE))
"""


def test_a_process_that_keeps_to_itself_leaves_no_core_file():
    found = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ["1", "0"] == found.stdout.split()
