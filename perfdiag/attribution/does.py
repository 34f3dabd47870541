"""What somebody does who is waited for, in words that stand behind its name.

Only the classes that are said alike of a thread that holds a lock and of a process at the other end of a
wait.
"""

from perfdiag.model import TimeClass

DOES = {
    TimeClass.DISK: "reads",
    TimeClass.WRITE: "writes",
    TimeClass.FSYNC: "waits for a flush to disk of",
    TimeClass.FAULT: "waits for memory pages",
    TimeClass.NETWORK: "waits for the answer of",
    TimeClass.CONNECT: "connects to",
    TimeClass.DNS: "looks up names",
    TimeClass.SEND: "waits for room to send to",
    TimeClass.SLEEP: "sleeps",
}
