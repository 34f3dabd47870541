import pytest

from perfdiag.analyzers.rules.host_network import SPEC
from perfdiag.diagnosis import Signal
from perfdiag.stats.counts import Events, Proportion
from tests.analyzers.rules.levels import diagnosed, judge

verdict = judge(SPEC)
WINDOW = (0.0, 60.0)


def share(name, part, whole, **labels):
    estimate = Proportion(part, whole).estimate(WINDOW)
    return Signal(name=name, subject="host", estimate=estimate, labels=tuple(labels.items()))


@pytest.mark.parametrize(
    ("again", "sent", "expected"),
    [
        (5, 10_000, []),
        (1, 20, []),  # one of few: chance
        (4, 8, []),
        (8, 200, [("retransmit", "NOTICE")]),
        (500, 10_000, [("retransmit", "WARNING")]),
        (2000, 10_000, [("retransmit", "CRITICAL")]),
    ],
)
def test_segments_sent_again(again, sent, expected):
    assert expected == verdict(share("use.tcp.saturation", again, sent))


@pytest.mark.parametrize(
    ("dropped", "packets", "expected"),
    [
        (3, 100, []),
        (50, 1_000_000, []),
        (500, 100_000, [("drops", "NOTICE")]),
        (50, 1000, [("drops", "WARNING")]),
    ],
)
def test_packets_dropped(dropped, packets, expected):
    assert expected == verdict(share("network.drops", dropped, packets, interface="eth0"))


@pytest.mark.parametrize(
    ("drops", "expected"),
    [(0, []), (1, []), (3, [("accept-queue", "NOTICE")]), (600, [("accept-queue", "WARNING")])],
)
def test_connections_turned_away_in_a_minute(drops, expected):
    signal = Signal(name="tcp.listen_drops", subject="host", estimate=Events(drops, 60.0).estimate(WINDOW))
    assert expected == verdict(signal)


def test_each_interface_is_named_and_quoted():
    drafts = diagnosed(
        SPEC,
        share("network.drops", 50, 1000, interface="eth0"),
        share("network.drops", 0, 1000, interface="eth1"),
        share("network.drops", 50, 1000, interface="a;b"),
    )
    assert [
        "The interface eth0 drops 5 % of its packets.",
        "The interface a;b drops 5 % of its packets.",
    ] == [draft.summary for draft in drafts]
    assert "ip -s -s link show 'a;b'; ethtool -S 'a;b'" == drafts[1].next
