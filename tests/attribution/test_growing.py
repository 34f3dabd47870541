from perfdiag.attribution.growing import Met, growing
from tests.recordings_made import Script


def met(*rows):
    """Rows ('leaf < root | leaf < root', looks, growth); those that begin with 'waits:' were not at work."""
    script = Script()
    found = []
    for text, looks, grown in rows:
        chains = text.removeprefix("waits: ").split(" | ")
        stacks = tuple(script.stacks[script.stack(*chain.split(" < "))] for chain in chains)
        found.append(Met(stacks, not text.startswith("waits: "), looks, grown))
    return found


KEEP = "a.py:9 keep < a.py:1 main"
WORK = "a.py:20 work < a.py:1 main"


def test_code_that_is_met_whenever_something_is_added():
    found = growing(met((KEEP, 20, 60), (WORK, 200, 3)))
    assert ("keep", 9) == (found.function, found.line)


def test_code_that_comes_right_after_it_did_not_add_it():
    rows = met((WORK, 400, 0), (f"{KEEP} | {WORK}", 30, 60), (KEEP, 2, 0))
    assert "keep" == growing(rows).function


def test_code_that_is_always_there_adds_in_the_end_what_is_added():
    assert "work" == growing(met((WORK, 200, 90), (KEEP, 20, 1))).function


def test_code_that_waits_is_only_asked_where_nothing_was_met_at_work():
    waits = f"waits: {WORK}"
    assert "keep" == growing(met((waits, 0, 90), (KEEP, 10, 30))).function
    assert "work" == growing(met((waits, 0, 90), (KEEP, 10, 0))).function


def test_who_makes_the_objects_is_told_and_not_their_constructor():
    made = "a.py:3 Entry.__init__ < a.py:9 keep < a.py:1 main"
    assert "keep" == growing(met((made, 20, 60), (WORK, 100, 0))).function


def test_where_nothing_was_added_there_is_no_such_code():
    assert growing(met((KEEP, 20, 0))) is None
    assert growing([]) is None


def test_code_without_a_name_of_the_program_is_left_out():
    assert growing(met(("/usr/lib/python3.11/json/encoder.py:3 encode", 4, 9))) is not None
