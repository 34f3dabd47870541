import pytest

from perfdiag.units import Unit, human


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.0123, Unit.SECONDS, "12.3 ms"),
        (1.5, Unit.SECONDS, "1.50 s"),
        (0.000_000_25, Unit.SECONDS, "250 ns"),
        (0, Unit.SECONDS, "0 s"),
        (120, Unit.SECONDS, "120 s"),
        (-0.5, Unit.SECONDS, "-500 ms"),
        (0.41, Unit.RATIO, "41 %"),
        (0.0123, Unit.RATIO, "1.2 %"),
        (0, Unit.RATIO, "0 %"),
        (1, Unit.RATIO, "100 %"),
        (1536, Unit.BYTES, "1.50 KiB"),
        (3 << 30, Unit.BYTES, "3 GiB"),
        (0, Unit.BYTES, "0 B"),
        (1 << 20, Unit.BYTES_PER_SECOND, "1 MiB/s"),
        (1240, Unit.PER_SECOND, "1.24k/s"),
        (12, Unit.PER_SECOND, "12/s"),
        (100, Unit.HERTZ, "100 Hz"),
        (2500, Unit.HERTZ, "2.50 kHz"),
        (7, Unit.COUNT, "7"),
        (2_500_000, Unit.COUNT, "2.50M"),
    ],
)
def test_numbers_for_people(value, unit, expected):
    assert expected == human(value, unit)


def test_every_unit_has_a_form_for_people():
    assert all(human(1.0, unit) for unit in Unit)
