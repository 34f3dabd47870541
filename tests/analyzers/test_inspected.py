from perfdiag.analyzers.inspected import SPEC
from perfdiag.model import Snapshot
from perfdiag.plugins import Step
from perfdiag.samples import counter, gauge
from perfdiag.timetable import TimeTable
from perfdiag.units import Unit
from tests.recordings_made import META


def said(*looks):
    """(port, text) of what is said after snapshots at 0, 1, 2, ... seconds with these samples."""
    state = SPEC.start(META)
    for at, samples in enumerate(looks):
        snapshot = Snapshot(at=float(at), wall=0.0, samples=tuple(samples))
        step = Step(
            snapshot=snapshot, slices=(), table=TimeTable(start=0.0), processes=(), threads=(), objects=(),
            stacks=(),
        )  # fmt: skip
        state = SPEC.step(state, step)
    return [(one.label("port"), one.label("text")) for one in SPEC.signals(state, 9.0)]


def session(pid, state, age=12.0):
    return gauge("inspected.session", age, Unit.SECONDS, port="5432", pid=str(pid), state=state)


def lock(pid, by):
    return gauge("inspected.lock", 3.0, Unit.SECONDS, port="5432", pid=str(pid), by=by)


def command(name, calls, seconds, port="6379"):
    yield counter("inspected.command", calls, port=port, command=name, of="calls")
    yield counter("inspected.command", seconds, Unit.SECONDS, port=port, command=name, of="time")


def test_who_has_the_lock_is_told_with_what_it_does():
    samples = [session(11, "active", 3.0), session(12, "idle in transaction"), lock(11, "12")]
    expected = "by its own view, pid 11 waits for a lock that pid 12 has, which is idle in transaction, 12 s"
    ((port, text),) = said([], samples, [])
    assert ("5432", f"{expected} into its transaction") == (port, text)


def test_one_who_has_the_lock_and_is_not_told_is_named_alone():
    assert [("5432", "by its own view, pid 11 waits for a lock that pid 12 has")] == said([lock(11, "12,13")])


def test_the_last_look_with_a_lock_counts():
    assert ["pid 12 has"] == [
        text[-10:] for _, text in said([lock(11, "9")], [lock(11, "12")], [session(1, "x")])
    ]


def test_a_command_is_told_by_its_share_of_the_time_between_two_looks():
    before = [*command("keys", 100, 50.0), *command("get", 5, 0.1)]
    after = [*command("keys", 131, 53.6), *command("get", 9, 0.11)]
    assert [("6379", "by its own count, KEYS takes 90 % of its time (31 calls)")] == said(
        before, [], [], [], after
    )


def test_one_look_has_no_rate():
    assert [] == said([*command("keys", 100, 50.0)])


def test_a_server_that_was_not_asked_has_said_nothing():
    assert [] == said([], [])


def test_what_a_command_took_before_it_was_first_told_of_is_none_of_the_look():
    """Only the commands that took most are told, and these may change."""
    assert [] == said([*command("get", 5, 9.0)], [*command("sort", 70, 9.1)], [*command("sort", 70, 9.1)])


def test_two_servers_have_their_own_counts():
    before = [*command("keys", 100, 50.0), *command("keys", 10, 5.0, "6380")]
    after = [*command("keys", 131, 50.9), *command("keys", 12, 5.0, "6380")]
    assert [("6379", "by its own count, KEYS takes 90 % of its time (31 calls)")] == said(before, after)
