from perfdiag.model import Object, ObjectType
from perfdiag.sampler.interning import Interned


def test_the_same_thing_has_one_entry():
    objects = Interned()
    ids = [objects.intern(ObjectType.FILE, name) for name in ("/a", "/b", "/a")]
    assert [0, 1, 0] == ids
    assert [0, 1] == [item.id for item in objects.list]


def test_kind_and_direction_tell_equal_names_apart():
    objects = Interned()
    assert [0, 1, 2] == [
        objects.intern(ObjectType.UNIX, "/run/x"),
        objects.intern(ObjectType.FILE, "/run/x"),
        objects.intern(ObjectType.UNIX, "/run/x", served=True),
    ]


def test_what_is_learnt_replaces_the_entry_in_place():
    objects = Interned()
    number = objects.intern(ObjectType.TCP, "127.0.0.1:5432", service="5432")
    before = objects.list[number]
    objects.learn_peer(number, "postgresql", "postgres", 812)
    expected = Object(
        id=0,
        type=ObjectType.TCP,
        name="127.0.0.1:5432",
        service="postgresql",
        peer="postgres (pid 812)",
        peer_pid=812,
    )
    assert expected == objects.list[number]
    assert ("", number) == (before.peer, objects.intern(ObjectType.TCP, "127.0.0.1:5432"))


def test_a_phase_of_a_thing_is_an_entry_of_its_own_that_learns_with_it():
    objects = Interned()
    number = objects.intern(ObjectType.TCP, "127.0.0.1:5432")
    sending = objects.phase(number, "sending")
    assert [1, 2, 1] == [sending, objects.phase(number, "connecting"), objects.phase(number, "sending")]
    objects.learn_peer(number, "postgresql", "postgres", 812)
    assert [812, 812, 812] == [item.peer_pid for item in objects.list]
    assert [(False, False), (False, True), (True, False)] == [
        (item.connecting, item.sending) for item in objects.list
    ]
    assert [0, 1, 2] == [item.id for item in objects.list]


def test_beyond_the_limit_a_phase_is_the_shared_entry():
    objects = Interned(limit=1)
    number = objects.intern(ObjectType.TCP, "127.0.0.1:5432")
    assert objects.phase(number, "sending") == objects.phase(number, "connecting") == 1
    assert "other" == objects.list[1].name


def test_beyond_the_limit_all_share_an_entry_that_learns_nothing():
    objects = Interned(limit=1)
    objects.intern(ObjectType.FILE, "/a")
    shared = objects.intern(ObjectType.PIPE, "pipe 1")
    objects.learn(shared, type=ObjectType.CHILD, name="git")
    assert Object(id=1, type=ObjectType.OTHER, name="other") == objects.list[shared]
    assert [1, 0, 1] == [
        objects.intern(ObjectType.FILE, "/b"),
        objects.intern(ObjectType.FILE, "/a"),
        objects.intern(ObjectType.OTHER, "other"),
    ]
