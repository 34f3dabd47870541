"""Groups: bounded in number, with counters that never go back."""

import pytest

from perfdiag.daemon.groups import Groups, Member, Spent, group_name, member_of
from perfdiag.host.sweep import Swept
from perfdiag.model import Sample

HASH = "0123456789ab" + "c" * 52


def member(key: object, group: str, user: float, resident: int = 1) -> Member:
    return Member(key, group, Spent(user, 0.0, 0.0), resident, 1)


def cpu(samples: list[Sample]) -> dict[str, float]:
    return {
        dict(s.labels)["group"]: s.value
        for s in samples
        if s.name == "group.cpu" and ("mode", "user") in s.labels
    }


@pytest.mark.parametrize(
    ("cgroup", "name"),
    [
        ("/system.slice/redis-server.service", "redis-server.service"),
        ("/system.slice/system-postgresql.slice/postgresql@15-main.service", "postgresql@15-main.service"),
        (f"/system.slice/docker-{HASH}.scope", "container:0123456789ab"),
        (f"/docker/{HASH}", "container:0123456789ab"),
        (f"/kubepods.slice/kubepods-pod1.slice/cri-containerd-{HASH}.scope", "container:0123456789ab"),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/app.scope", "comm"),
        ("/user.slice/user-0.slice/session-1.scope", "comm"),
        ("/user.slice/user@1000.service/app.slice/sync.service", "sync.service"),
        ("/", "comm"),
        ("", "comm"),
    ],
)
def test_a_group_is_a_unit_a_container_or_a_name(cgroup: str, name: str) -> None:
    assert name == group_name(cgroup, "comm")


def test_hostile_names_become_one_line_of_visible_text() -> None:
    assert "a\\x1b[31m\\x0ab" == group_name("", "a\x1b[31m\nb")
    assert "\\xff" == group_name("", "\udcff")
    assert "other" == group_name("", "")


def test_what_was_spent_before_the_first_sweep_does_not_count() -> None:
    groups = Groups()
    groups.update([member(1, "a", 100.0)])
    groups.update([member(1, "a", 101.5)])
    assert 1.5 == cpu(groups.samples())["a"]


def test_a_process_that_ends_takes_nothing_away_and_a_new_one_adds_all_it_spent() -> None:
    groups = Groups()
    groups.update([member(1, "a", 10.0)])
    groups.update([member(1, "a", 12.0)])
    groups.update([member(2, "a", 0.5)])
    groups.update([])
    assert 2.5 == cpu(groups.samples())["a"]


def test_a_counter_that_goes_back_adds_nothing() -> None:
    groups = Groups()
    for user in (10.0, 12.0, 3.0, 4.0):
        groups.update([member(1, "a", user)])
    assert 3.0 == cpu(groups.samples())["a"]


def test_ten_thousand_names_make_twenty_groups_and_other() -> None:
    groups = Groups()
    for sweep in range(3):
        groups.update(member(n, f"hostile-{n}", float(sweep)) for n in range(10_000))
    found = cpu(groups.samples())
    assert 21 == len(found)
    assert 2 * (10_000 - 20) == found["other"]


def test_a_process_that_is_called_other_makes_no_second_series() -> None:
    groups = Groups()
    for sweep in range(2):
        groups.update([member(1, "other", float(sweep)), member(2, "a", 0.0)])
    names = [s.labels for s in groups.samples() if s.name == "group.processes"]
    assert len(names) == len(set(names))
    assert 1.0 == cpu(groups.samples())["other"]


def test_a_busy_newcomer_takes_the_place_of_an_idle_group() -> None:
    groups = Groups(places=2)
    for sweep in range(130):
        groups.update(
            [
                member(1, "idle", 0.0),
                member(2, "busy", float(sweep)),
                member(3, "new", max(0.0, sweep - 30.0)),
            ]
        )
    assert {"busy", "new", "other"} == cpu(groups.samples()).keys()


def test_no_counter_ever_goes_back_while_groups_come_and_go() -> None:
    groups, before = Groups(places=3), dict[str, float]()
    for sweep in range(400):
        busy = sweep // 70
        groups.update(member(n, f"g{n}", sweep * (10.0 if n == busy else 0.1)) for n in range(8))
        now = cpu(groups.samples())
        assert all(now[name] >= before[name] for name in now.keys() & before.keys() if now[name])
        before = now


def test_kernel_threads_are_one_group() -> None:
    swept = Swept(9, 1, "kworker/0:1", "/", 0.5, 1.5, 0.25, 0, 1)
    assert Member((9, 1), "kernel", Spent(0.5, 1.5, 0.25), 0, 1) == member_of(swept)
    assert "kworker/0:1" == member_of(swept._replace(resident=4096)).group
