import pytest

from perfdiag.host.services import service_of


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
