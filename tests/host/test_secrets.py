import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.host.secrets import scrub, scrub_path

CANARY = "hunter2"


@pytest.mark.parametrize(
    "argument",
    [
        "--password=hunter2",
        "--db-password=hunter2",
        "--PASSWD=hunter2",
        "-phunter2",
        "TOKEN=hunter2",
        "DBPASSWORD=hunter2",
        "AWS_SECRET_ACCESS_KEY=hunter2",
        "--api-key=hunter2",
        "--apikey=hunter2",
        "--passphrase:hunter2",
        "postgres://me:hunter2@db/x",
        "redis://:hunter2@127.0.0.1:6379/0",
        "https://hunter2@example.com/",
        "amqp://me:hun@ter/hunter2@mq",
        "host=db user=me password=hunter2 dbname=x",
        "https://example.com/?token=hunter2&x=1",
        "Authorization: Bearer hunter2",
        "X-Api-Key: hunter2",
        '{"password": "hunter2"}',
        "password='a hunter2'",
        "ghp_hunter2hunter2hunter2",
        "sk-hunter2hunter2hunter2",
        "eyJhunter2hunter2.hunter2",
    ],
)
def test_a_secret_in_an_argument_is_hidden(argument):
    assert CANARY not in scrub(["program", argument, "end"])
    assert scrub(["program", argument, "end"]).endswith(" end")


@pytest.mark.parametrize(
    "option",
    ["--password", "--db-password", "--token", "--secret-key", "-p", "-a", "-w", "--api-key"],
)
def test_a_secret_after_its_option_is_hidden(option):
    assert f"program {option} *** end" == scrub(["program", option, CANARY, "end"])


def test_the_name_of_a_user_stays():
    assert "curl -u me:*** --user me:*** x" == scrub(
        ["curl", "-u", "me:hunter2", "--user", "me:hunter2", "x"]
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["python", "-m", "gunicorn", "--workers=4", "app:app", "--bind", "127.0.0.1:8000"],
        ["/usr/bin/postgres", "-D", "/var/lib/postgresql", "-c", "port=5432"],
        ["curl", "https://example.com/path?x=1"],
    ],
)
def test_what_is_no_secret_stays(arguments):
    assert " ".join(arguments) == scrub(arguments)


def test_a_secret_in_a_path_is_hidden_and_the_rest_of_the_path_stays():
    assert "/srv/token=***/app.py" == scrub_path("/srv/token=hunter2/app.py")
    assert "/run/***" == scrub_path(b"/run/ghp_hunter2hunter2.sock")
    assert "/srv/secret-service/auth/tokens.py" == scrub_path("/srv/secret-service/auth/tokens.py")


def test_an_option_that_stands_alone_hides_no_other_option():
    assert "x --use-token --verbose" == scrub(["x", "--use-token", "--verbose"])


@given(st.lists(st.text()))
def test_a_command_line_is_one_printable_line(arguments):
    shown = scrub(arguments)
    assert len(shown) <= 256
    assert not any(ord(letter) < 32 for letter in shown)
