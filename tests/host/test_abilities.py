import pytest

from perfdiag.host import Host
from perfdiag.host.abilities import abilities, capabilities
from perfdiag.host.commands import find_program, own_program


def tree(root, *, effective="0000000000000000", yama=None, pressure=True, cgroup=True):
    (root / "self").mkdir()
    (root / "self/status").write_text(f"Name:\tx\nCapEff:\t{effective}\n")
    (root / "self/schedstat").write_text("1 2 3\n")
    (root / "self/syscall").write_text("running\n")
    mount = "26 22 0:23 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n" if cgroup else ""
    (root / "self/mountinfo").write_text(mount)
    if pressure:
        (root / "pressure").mkdir()
        (root / "pressure/cpu").write_text("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n")
    if yama is not None:
        (root / "sys/kernel/yama").mkdir(parents=True)
        (root / "sys/kernel/yama/ptrace_scope").write_text(f"{yama}\n")
    return Host(procfs=str(root), sysfs=str(root / "none"))


def named(host, name):
    (found,) = [one for one in abilities(host) if one.name.startswith(name)]
    return found


def test_without_a_capability_only_ones_own_processes_are_seen(tmp_path):
    found = named(tree(tmp_path), "processes of other users")
    assert (False, True) == (found.have, bool(found.fix))


def test_with_the_capability_other_users_processes_are_seen(tmp_path):
    host = tree(tmp_path, effective=f"{1 << 19:016x}")
    assert named(host, "processes of other users").have
    assert 1 << 19 == capabilities(host)


@pytest.mark.parametrize(
    ("scope", "effective", "expected"),
    [(0, 0, True), (1, 0, False), (1, 1 << 19, True), (2, 1 << 19, True), (3, 1 << 19, False)],
)
def test_yama_restricts_those_without_the_capability_and_at_three_everybody(
    tmp_path, scope, effective, expected
):
    host = tree(tmp_path, yama=scope, effective=f"{effective:016x}")
    assert expected == named(host, "ptrace scope").have


def test_a_kernel_without_pressure_information_says_how_to_get_it(tmp_path):
    found = named(tree(tmp_path, pressure=False), "pressure")
    assert (False, True) == (found.have, "psi=1" in found.fix)


def test_a_host_without_cgroups_has_no_quotas(tmp_path):
    assert not named(tree(tmp_path, cgroup=False), "CPU quotas").have


def test_the_layout_of_cgroups_is_told(tmp_path):
    assert "cgroup v2" == named(tree(tmp_path), "CPU quotas").detail


def test_every_missing_ability_says_something():
    assert all(one.detail for one in abilities(Host()))


@pytest.mark.skipif(not find_program("perf"), reason="perf is not installed")
@pytest.mark.parametrize(
    ("level", "effective", "expected"),
    [
        (-1, 0, (True, "any code")),
        (2, 0, (True, "your own processes")),
        (3, 0, (False, "kernel.perf_event_paranoid = 3 refuses it")),
        (3, 1 << 38, (True, "any code")),
        (4, 1 << 21, (True, "any code")),
    ],
)
def test_perf_is_there_for_those_whom_the_kernel_lets(tmp_path, level, effective, expected):
    host = tree(tmp_path, effective=f"{effective:016x}")
    (tmp_path / "sys/kernel").mkdir(parents=True)
    (tmp_path / "sys/kernel/perf_event_paranoid").write_text(f"{level}\n")
    found = named(host, "stacks of programs that are not Python")
    assert (expected[0], True) == (found.have, expected[1] in found.detail)
    assert found.have or "perf_event_paranoid" in found.fix


def test_py_spy_is_there_or_how_to_get_it_is_told():
    found = next(one for one in abilities(Host()) if "py-spy" in one.name)
    assert found.have is bool(own_program("py-spy"))
    assert found.have or "pip install" in found.fix
