"""`pytest --update-golden` rewrites the expected texts; review them by eye before they are committed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# half the examples by default; `--hypothesis-profile=default` tries them all
settings.register_profile("quick", max_examples=50)
settings.load_profile("quick")

pytest_plugins = ["tests.fault_table"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files with what was made")


@pytest.fixture
def check_golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`check_golden(path, actual)`: the file at `path` holds exactly `actual`."""

    def check(path: Path, actual: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, "utf-8", newline="\n")
        assert path.read_bytes().decode("utf-8") == actual

    return check
