import numpy as np

from perfdiag.advice import pack_texts
from perfdiag.attribution.busy import Busy
from perfdiag.claims import Claimable
from perfdiag.diagnosis import Claim, Draft, Severity
from perfdiag.model import Estimate, Frame, Origin, Process, Stack, TimeClass
from perfdiag.tailoring import tailored
from perfdiag.timetable import TimeKey
from perfdiag.units import Unit

SITE = "/venv/lib/python3.11/site-packages"
SHARE = Estimate(value=0.5, low=0.4, high=0.6, unit=Unit.RATIO, n=40)
TEXTS = pack_texts("net.peer-wait")


def frame(file):
    return Frame(file=file, function="f", line=2, first_line=1, origin=Origin.LIBRARY)


def stack(number, *files):
    return Stack(id=number, frames=tuple(map(frame, files)))


USER, ORM = "/srv/shop/orders.py", f"{SITE}/sqlalchemy/engine/default.py"
DJANGO, REQUESTS = f"{SITE}/django/core/handlers/base.py", f"{SITE}/requests/sessions.py"


def advice(*spent, modules=(), kind="net.peer-wait", claim=True):
    """`spent`: (seconds, files from the leaf to the root)."""
    stacks = [stack(number, *files) for number, (_, *files) in enumerate(spent)]
    rows = tuple(
        (TimeKey(0, "workers", TimeClass.NETWORK, -1, number, -1), np.full(4, seconds / 4))
        for number, (seconds, *_) in enumerate(spent)
    )
    busy = Busy(rows=rows, total=np.ones(4), groups={})
    draft = Draft(
        kind=kind, subject="process:42", summary="It waits.", estimate=SHARE, severity=Severity.WARNING,
        claim=Claim(times=frozenset({TimeClass.NETWORK})) if claim else None, score=80.0,
    )  # fmt: skip
    process = Process(
        key="42@1", pid=42, ppid=1, started=1, comm="shop", exe="", uid=0, cpus=2, modules=modules
    )
    (found,) = tailored([draft], Claimable(busy, stacks, []), [process], stacks)
    return found.advice[1]


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
