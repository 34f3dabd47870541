from perfdiag.judge_peers import chain_of, evidence_of, next_of
from perfdiag.plugins import Signals
from tests.analyzers.rules.signals_made import CHILD, DATABASE, share


def does(text, item=DATABASE, *, pid="812", words="computes", locked=""):
    labels = (("text", text), ("pid", pid), ("name", "postgres (pid 812)"), ("does", words))
    return share("peer.does", 0.9, object=item, labels=(*labels, ("looks", "400"), ("locked", locked)))


def test_the_sentences_about_an_object_are_its_chain():
    signals = Signals([does("first"), does("other", CHILD), does("second")])
    assert ("first", "second") == chain_of(signals, DATABASE)


def test_of_an_end_that_was_not_looked_at_only_its_name_is_told():
    assert ("at the other end: postgres (pid 812)",) == chain_of(Signals([]), DATABASE)
    assert () == chain_of(Signals([]), CHILD)
    assert () == chain_of(Signals([does("first")]), None)


def test_what_the_other_end_does_is_evidence_with_its_looks():
    (found,) = evidence_of(Signals([does("first"), does("about it", words="")]), DATABASE)
    assert "postgres (pid 812) computes, of the time it is waited for" == found.name
    assert (0.9, "400 looks at both ends at once") == (found.value, found.source)


def test_the_next_look_is_at_the_end_of_the_chain():
    signals = Signals([does("first"), does("second", pid="900"), does("about it", pid="900", words="")])
    assert next_of(signals, DATABASE).startswith("perfdiag profile -p 900 ")
    assert "" == next_of(Signals([]), DATABASE)


def test_a_lock_of_a_database_is_asked_of_the_database():
    assert "pg_blocking_pids" in next_of(Signals([does("first", locked="1")]), DATABASE)


def test_nothing_but_a_number_gets_into_a_command():
    assert "" == next_of(Signals([does("first", pid="1; reboot")]), DATABASE)


def says(port="7", service=DATABASE):
    told = share("inspected.says", 0.9, labels=(("text", "by its own view, pid 11 waits"), ("port", port)))
    return chain_of(Signals([told]), service)


def test_what_the_server_says_of_itself_ends_the_chain_of_its_address_alone():
    assert says("5432")[1:] == ("postgresql, by its own view, pid 11 waits",)
    assert says("6379")[1:] == ()
    assert says("5432", CHILD) == ()
