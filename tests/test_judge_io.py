from dataclasses import replace

from perfdiag.judge_io import evidence_of, limited_by
from perfdiag.plugins import Signals
from perfdiag.units import Unit
from tests.analyzers.rules.signals_made import share


def level(name, value, per, **labels):
    signal = share(name, value, labels=tuple(labels.items()))
    return replace(signal, estimate=replace(signal.estimate, unit=per))


def test_the_evidence_is_that_of_its_direction_and_of_devices_that_were_busy():
    signals = Signals(
        [
            level("io.calls", 100, Unit.PER_SECOND, direction="read"),
            level("io.calls", 900, Unit.PER_SECOND, direction="write"),
            share("use.disk.utilization", 0.9, labels=(("device", "sda"),)),
            share("use.disk.utilization", 0.1, labels=(("device", "sdb"),)),
        ]
    )
    found = list(evidence_of(signals, "read"))
    assert ["read calls", "time with an operation in flight, sda"] == [one.name for one in found]
    assert [100, 0.9] == [one.value for one in found]


def test_of_several_processes_it_is_that_of_the_one_with_most_calls():
    def calls(rate, size, subject):
        made = (
            level("io.calls", rate, Unit.PER_SECOND, direction="read"),
            level("io.call_size", size, Unit.BYTES, direction="read"),
        )
        return [replace(one, subject=subject) for one in made]

    signals = Signals([*calls(2, 1 << 20, "process:42"), *calls(900, 4096, "process:43")])
    assert [900, 4096] == [one.value for one in evidence_of(signals, "read")]


def test_a_limit_of_operations_that_is_reached():
    labels = {"cgroup": "batch", "device": "8:0", "direction": "write", "limit": "800", "unit": "1/s"}
    full, half = (level("io.limit_used", used, Unit.RATIO, **labels) for used in (1.0, 0.5))
    assert [
        "the control group batch may write no more than 800/s on device 8:0, and does 100 % of that"
    ] == list(limited_by(Signals([full]), "write"))
    assert [] == list(limited_by(Signals([half]), "write"))
    assert [] == list(limited_by(Signals([full]), "read"))
