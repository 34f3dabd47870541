"""Alive is not ready, and ready is not only alive."""

from perfdiag.web.health import Health


def health(beat: float | None = 100.0, *troubles: str) -> Health:
    return Health(interval=1.0, started=90.0, beat=beat, troubles=list(troubles))


def test_a_beat_within_five_ticks_is_life() -> None:
    assert "" == health().live(105.0)
    assert "the last tick of the collector is 5.1 s old (limit 5 s)" == health().live(105.1)


def test_a_collector_that_never_ticked_is_not_ready_and_in_the_end_not_alive() -> None:
    assert "" == health(beat=None).live(96.0)
    assert ["no tick has been recorded yet"] == health(beat=None).ready(96.0, None)
    assert "the collector has not ticked in 10.0 s" == health(beat=None).live(100.0)


def test_all_is_well_with_a_fresh_beat_and_a_fresh_ring() -> None:
    assert [] == health().ready(101.0, 100.0)


def test_a_full_disk_makes_it_unready_and_leaves_it_alive() -> None:
    full = health(100.0, "the disk is full")
    assert "" == full.live(101.0)
    assert ["the disk is full"] == full.ready(101.0, 100.0)


def test_an_old_ring_makes_it_unready() -> None:
    assert ["the newest tick in the ring is 41.0 s old"] == health().ready(101.0, 60.0)
