from dataclasses import replace

from perfdiag.model import TimeClass
from perfdiag.reports._drawn import busy, class_frame
from tests.examples import FULL


def test_idle_time_is_left_out() -> None:
    idle = replace(FULL.profile[0], time=TimeClass.IDLE)
    assert list(FULL.profile) == list(busy(replace(FULL, profile=(idle, *FULL.profile))))


def test_a_class_as_a_frame_stands_in_brackets() -> None:
    assert "[network]" == class_frame(TimeClass.NETWORK)
