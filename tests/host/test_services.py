import pytest

from perfdiag.host.services import Activity, activity_of, service_of


@pytest.mark.parametrize(
    ("port", "program", "service"),
    [
        (5432, "", "postgresql"),
        (6379, "", "redis"),
        (40001, "postgres", "postgresql"),
        (40001, "redis-server", "redis"),
        (53, "systemd-resolve", "dns"),
        (8125, "my-orders", "my-orders"),
        (5432, "python3.11", "postgresql"),
        (5672, "beam.smp", "rabbitmq"),
        (40001, "python3", ""),
        (0, "", ""),
    ],
)
def test_the_program_comes_before_the_port_unless_it_is_an_interpreter(port, program, service):
    assert service == service_of(port, program)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("postgres: shop shop 127.0.0.1(41000) UPDATE waiting", Activity("UPDATE", True, True)),
        (
            "postgres: 15/main: shop db [local] idle in transaction",
            Activity("idle in transaction", False, True),
        ),
        ("postgres: shop db ::1(4) idle", Activity("idle", False, False)),
        ("postgres: shop db db.example.org(4) SELECT", Activity("SELECT", False, True)),
        ("postgres: checkpointer ", None),
        ("postgres: shop db [local] idle\x1b[31m", None),
        ("/usr/lib/postgresql/15/bin/postgres -D /data", None),
        ("vi postgres: shop db [local] idle", None),
        ("", None),
    ],
)
def test_the_title_of_a_servers_process_says_what_it_does(title, expected):
    assert expected == activity_of(title)
