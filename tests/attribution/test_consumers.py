from perfdiag.attribution.consumers import Consumers, draining_place, getter
from perfdiag.model import Frame, Origin, Stack

PUT_BY, OTHER = (0, 1), (0, 2)


def frame(file, function, line=1, origin=Origin.USER):
    return Frame(file=file, function=function, line=line, first_line=1, origin=origin)


def stack(number, *frames):
    return Stack(id=number, frames=frames)


GET = frame("/usr/lib/python3.11/queue.py", "Queue.get", origin=Origin.STDLIB)
DRAIN, DELIVER = frame("/srv/mail.py", "drain", 88), frame("/srv/smtp.py", "deliver", 3)
MODULE, REPORT = frame("/srv/mail.py", "<module>", 99), frame("/srv/metrics.py", "report", 7)
STACKS = (
    stack(0, GET, frame("/srv/mail.py", "drain", 86)),
    stack(1, DELIVER, DRAIN),
    stack(2, REPORT),
    stack(3, DELIVER, frame("/srv/smtp.py", "loop", 9), MODULE),
)


def consumers(*seen):
    found = Consumers(lambda number: STACKS[number])
    for number in seen:
        found.see(number)
    return found


def test_a_getter_is_the_user_code_that_calls_get():
    assert "/srv/mail.py:drain" == getter(STACKS[0])
    assert "" == getter(STACKS[1])


def test_the_consumer_is_at_work_in_a_function_that_was_seen_to_get():
    found = consumers(0, 1, 2)
    assert 1 == found.consumer([(OTHER, 2), (PUT_BY, 1)])
    assert -1 == found.consumer([])


def test_where_nobody_was_seen_to_get_it_is_who_was_at_work_for_longest():
    found = consumers(1, 2)
    assert 2 == found.consumer([(OTHER, 2)])
    assert 2 == found.consumer([(PUT_BY, 1), (OTHER, 2)])


def test_the_place_is_the_line_of_the_getter_at_which_it_works():
    place = draining_place([(STACKS[1], 2.0), (STACKS[0], 0.1)], STACKS)
    assert ("drain", 88) == (place.function, place.line)


def test_without_a_getter_it_is_the_outermost_function_that_is_no_module():
    place = draining_place([(STACKS[3], 1.0)], STACKS[1:])
    assert ("loop", 9) == (place.function, place.line)
    assert None is draining_place([], STACKS)
