import pytest

from perfdiag.analyzers.rules.host_disk import SPEC
from perfdiag.units import Unit
from tests.analyzers.rules.levels import diagnosed, judge, level

verdict = judge(SPEC)


def disk(busy, queue=4.0, device="sda", half=0.0):
    return (
        level("use.disk.utilization", busy, half=half, device=device),
        level("use.disk.saturation", queue, unit=Unit.COUNT, device=device),
    )


@pytest.mark.parametrize(
    ("busy", "queue", "stalled", "expected"),
    [
        (0.5, 4.0, 0.5, []),
        (0.8, 4.0, 0.5, [("", "NOTICE")]),
        (0.95, 4.0, 0.5, [("", "WARNING")]),
        (0.99, 4.0, 0.5, [("", "CRITICAL")]),
        (0.99, 1.0, 0.5, []),  # busy, but nothing waits: a parallel device, or one writer
        (0.99, 4.0, 0.01, []),  # operations wait, but no task does: writing back at leisure
    ],
)
def test_a_disk_is_full_when_it_is_busy_and_somebody_waits(busy, queue, stalled, expected):
    assert expected == verdict(*disk(busy, queue), level("use.io.saturation", stalled))


def test_an_interval_that_straddles_the_limit_is_no_finding():
    assert [] == verdict(*disk(0.75, half=0.1), level("use.io.saturation", 0.5))


def test_each_disk_is_judged_by_itself_and_without_pressure_too():
    drafts = diagnosed(SPEC, *disk(0.95), *disk(0.2, device="sdb"))
    assert ["The disk sda is busy 95 % of the time, and operations queue for it."] == [
        draft.summary for draft in drafts
    ]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"device": "sda"}, "The disk sda reported 3 errors."),
        ({"device": "sda1", "of": "ext4"}, "The ext4 file system on sda1 reported 3 errors."),
    ],
)
def test_errors_are_told_whatever_the_load(labels, expected):
    errors = level("use.disk.errors", 0.3, n=3, unit=Unit.PER_SECOND, **labels)
    (draft,) = diagnosed(SPEC, errors)
    assert (expected, "errors", "WARNING") == (draft.summary, draft.pattern, draft.severity.name)


def test_a_name_cannot_smuggle_a_command_into_the_next_step():
    (draft,) = diagnosed(SPEC, level("use.disk.errors", 0.3, n=3, device="$(reboot)"))
    assert "journalctl -k --grep '$(reboot)'" == draft.next
