import os

from perfdiag.host.process import attach
from perfdiag.sampler.request import Request, rows_of


def test_a_request_arrives_as_it_was_made():
    target = attach(os.getppid())
    request = Request(
        targets=rows_of([target]), rate=250.0, duration=1.5, subprocesses=True, budget=0.01,
        cpu_stat=("/sys/fs/cgroup/a/cpu.stat",), parent=7, out=9,
    )  # fmt: skip
    assert request == Request.load(request.dump())
    (held,) = Request.load(request.dump()).held()
    assert (target.pid, target.pidfd, target.key) == (held.pid, held.pidfd, held.key)
    target.close()
