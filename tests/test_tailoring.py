import numpy as np

from perfdiag.advice import pack_texts, pattern_text
from perfdiag.attribution.busy import Busy
from perfdiag.diagnosis import Claim, Draft, Severity
from perfdiag.ledger import Context
from perfdiag.model import (
    Estimate,
    Frame,
    Object,
    ObjectType,
    Origin,
    Process,
    Slice,
    Stack,
    TimeClass,
)
from perfdiag.plugins import Signals
from perfdiag.recording import Recording
from perfdiag.tailoring import patterns, tailored
from perfdiag.timetable import TimeKey, TimeTable
from perfdiag.units import Unit
from tests.recordings_made import META

SITE = "/venv/lib/python3.11/site-packages"
SHARE = Estimate(value=0.5, low=0.4, high=0.6, unit=Unit.RATIO, n=40)
TEXTS = pack_texts("net.peer-wait")


def frame(file):
    origin = Origin.USER if file == USER else Origin.LIBRARY
    return Frame(file=file, function="f", line=2, first_line=1, origin=origin)


def stack(number, *files):
    return Stack(id=number, frames=tuple(map(frame, files)))


USER, ORM = "/srv/shop/orders.py", f"{SITE}/sqlalchemy/engine/default.py"
DJANGO, REQUESTS = f"{SITE}/django/core/handlers/base.py", f"{SITE}/requests/sessions.py"


def tailor(*spent, modules=(), turns=0.0, item=None, kind="net.peer-wait", claim=True, pattern=""):
    """`spent`: (seconds, files from the leaf to the root)."""
    stacks = [stack(number, *files) for number, (_, *files) in enumerate(spent)]
    rows = tuple(
        (TimeKey(0, "workers", TimeClass.NETWORK, -1, number, -1), np.full(4, seconds / 4))
        for number, (seconds, *_) in enumerate(spent)
    )
    busy = Busy(rows=rows, total=np.ones(4), groups={})
    draft = Draft(
        kind=kind, subject="process:42", summary="It waits.", estimate=SHARE, severity=Severity.WARNING,
        claim=Claim(times=frozenset({TimeClass.NETWORK})) if claim else None, score=80.0, object=item,
        pattern=pattern,
    )  # fmt: skip
    process = Process(
        key="42@1", pid=42, ppid=1, started=1, comm="shop", exe="", uid=0, cpus=2, modules=modules
    )
    recording = Recording(meta=META, processes=[process], stacks=stacks)
    context = Context(
        busy=busy, stacks=stacks, objects=[], rules={}, texts={}, cpus=2.0, health=1.0, window=(0.0, 10.0),
        measured="", seed=1,
    )  # fmt: skip
    table = TimeTable(start=0.0)
    for number, (seconds, *_) in enumerate(spent):
        table.add(
            Slice(
                process=0, tid=42, t0=0.0, t1=1.0, time=TimeClass.NETWORK, object=-1, stack=number,
                weight=seconds, turns=turns,
            ),
            "workers",
        )  # fmt: skip
    (found,) = tailored([draft], recording, table, Signals(()), context)
    return found


def advice(*spent, **more):
    return tailor(*spent, **more).advice[1]


def test_the_package_nearest_to_the_wait_comes_first():
    found = advice((1.0, ORM, USER, DJANGO))
    assert f"{TEXTS['sqlalchemy']}\n\n{TEXTS['django']}" == found


def test_a_package_that_is_loaded_comes_after_those_on_the_stacks():
    found = advice((1.0, USER, DJANGO), modules=("redis",))
    assert f"{TEXTS['django']}\n\n{TEXTS['redis']}" == found


def test_a_package_with_little_of_the_time_is_no_more_than_loaded():
    found = advice((9.0, USER, DJANGO), (1.0, REQUESTS, USER, DJANGO))
    assert f"{TEXTS['django']}\n\n{TEXTS['requests']}" == found


def test_of_many_packages_three_are_told():
    found = advice((1.0, ORM, USER, DJANGO), modules=("redis", "psycopg", "requests"))
    assert 3 == sum(text in found for text in TEXTS.values())


def test_a_kind_without_texts_for_packs_says_nothing_more():
    assert "" == advice((1.0, ORM, USER), kind="host.files")


def test_a_finding_that_claims_no_time_has_advice_for_what_is_loaded():
    assert TEXTS["redis"] == advice((1.0, USER), modules=("redis",), claim=False)


def test_without_known_packages_nothing_is_added():
    assert "" == advice((1.0, USER, "/usr/lib/python3.11/threading.py"))


PEER = Object(id=0, type=ObjectType.TCP, name="10.0.0.7:5432")


def test_a_pattern_that_was_measured_is_told_with_its_number_and_what_to_do():
    found = tailor((8.0, USER), turns=4000.0, item=PEER)
    assert ("n+1", "net.peer-wait") == (found.pattern, found.kind)
    assert "400/s" in found.summary
    assert 400.0 == found.evidence[-1].value
    assert pattern_text("n+1") == found.advice[0]


def test_a_pattern_that_was_not_measured_is_not_told():
    found = tailor((8.0, USER), turns=40.0, item=PEER)
    assert ("", "It waits.", (), "") == (found.pattern, found.summary, found.evidence, found.advice[0])


def test_a_finding_that_claims_no_time_has_no_pattern():
    assert "" == tailor((8.0, USER), turns=4000.0, item=PEER, claim=False).pattern


def test_every_pattern_is_one_of_the_closed_list_and_says_what_to_do():
    known = {
        "n+1", "convoy", "retry storm", "polling", "no keep-alive", "oversubscribed pool", "thundering herd",
        "per-row commit",
    }  # fmt: skip
    assert known == {pattern.name for pattern in patterns()}
    assert [] == [pattern.name for pattern in patterns() if not pattern_text(pattern.name)]


def test_a_pattern_that_a_rule_has_seen_says_what_to_do_too():
    found = tailor((8.0, USER), kind="lock.contention", pattern="deadlock")
    assert pattern_text("deadlock") == found.advice[0]
    assert "" == tailor((8.0, USER), kind="memory.faults", pattern="minor").advice[0]
