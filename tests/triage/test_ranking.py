from dataclasses import replace

import pytest

from perfdiag.triage.ranking import amount, culprits, steps
from perfdiag.triage.records import Figure, State
from perfdiag.units import Unit
from tests.triage.examples import BACKUP, CPU, DISK, NODE, SWAPPER, estimate

PROCESSES = (SWAPPER, BACKUP, NODE)


def behind(name, processes=PROCESSES, members=None):
    resource = replace(CPU, name=name, culprits=())
    return [(one.name, one.figure) for one in culprits(resource, processes, members or {})]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("cpu", [("node", Figure.CPU), ("kswapd0", Figure.CPU), ("rsync", Figure.CPU)]),
        ("memory", [("node", Figure.RESIDENT)]),  # rsync has less than a twentieth
        ("disk sda", [("rsync", Figure.WRITTEN)]),
        ("io", [("rsync", Figure.WRITTEN)]),
        ("files", [("rsync", Figure.DESCRIPTORS)]),
        ("tcp", []),
    ],
)
def test_the_figure_of_a_resource_names_who_is_behind_it(resource, expected):
    assert expected == behind(resource)


def test_a_resource_that_is_well_has_no_culprits():
    assert () == culprits(DISK, PROCESSES, {})


def test_of_a_control_group_only_its_members_are_named():
    members = {"fs/cgroup/backup": {BACKUP.cgroup}}
    assert [("rsync", Figure.CPU)] == behind("cgroup.cpu fs/cgroup/backup", members=members)


def test_what_grows_counts_for_what_it_will_hold():
    growing = replace(
        BACKUP,
        pid=100,
        name="leak",
        figures=(
            (Figure.RESIDENT, estimate(100e6, Unit.BYTES)),
            (Figure.GROWTH, estimate(50e6, Unit.BYTES_PER_SECOND)),
        ),
    )
    assert [("leak", Figure.RESIDENT), ("node", Figure.RESIDENT)] == behind("memory", (NODE, growing))


def test_blocked_looks_name_somebody_where_bytes_cannot_be_read():
    blocked = replace(NODE, figures=((Figure.BLOCKED, estimate(0.9)),))
    assert [("node", Figure.BLOCKED)] == behind("disk sda", (blocked,))


def test_the_largest_culprit_of_each_resource_comes_before_the_second_of_any():
    cpu = replace(CPU, culprits=culprits(CPU, PROCESSES, {}))
    disk = replace(DISK, state=State.SATURATED)
    disk = replace(disk, culprits=culprits(disk, PROCESSES, {}))
    commands = [step.command for step in steps((cpu, disk), PROCESSES)]
    assert ["perfdiag profile -p 4711", "perfdiag profile -p 99"] == [
        command.removeprefix("sudo ") for command in commands
    ]


def test_threads_of_the_kernel_and_what_has_ended_are_named_and_not_profiled():
    cpu = replace(CPU, culprits=culprits(CPU, PROCESSES, {}))
    gone = (SWAPPER, BACKUP, replace(NODE, gone=True))
    assert ["99"] == [step.command.split()[-1] for step in steps((cpu,), gone)]


def test_memory_is_looked_at_for_longer():
    memory = replace(CPU, name="memory", culprits=())
    memory = replace(memory, culprits=culprits(memory, PROCESSES, {}))
    assert steps((memory,), PROCESSES)[0].command.endswith("-p 4711 -d 60s")


def test_on_a_healthy_host_the_busiest_process_is_worth_a_look_if_it_does_something():
    (step,) = steps((DISK,), PROCESSES)
    assert ("4711", "nothing is saturated") == (step.command.split()[-1], step.why.partition(";")[0])
    assert () == steps((DISK,), (SWAPPER, BACKUP))


@pytest.mark.parametrize("state", [State.SATURATED, State.ERRORS, State.UNSURE, State.UNKNOWN])
def test_that_nothing_is_saturated_is_said_only_where_that_is_so(state):
    (step,) = steps((replace(CPU, state=state, culprits=()),), PROCESSES)
    assert "node is the busiest process, 1.6 CPUs in use" == step.why


def test_a_process_of_another_user_is_profiled_with_sudo(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1001)
    assert "sudo perfdiag profile -p 4711" == steps((), PROCESSES)[0].command
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "perfdiag profile -p 4711" == steps((), PROCESSES)[0].command


def test_an_amount_has_its_unit_and_its_share():
    assert "1.62 CPUs in use, 84 % of what all processes have" == amount(CPU.culprits[0])
