import pytest

from tests.scenarios.environments import interpreter
from tests.scenarios.servers import Unavailable


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """An environment with a package, named by its variable."""
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    (tmp_path / "lib" / "python3.11" / "site-packages" / "torch").mkdir(parents=True)
    monkeypatch.setenv("PERFDIAG_ML_PYTHON", str(python))
    return python


def test_an_environment_is_found_by_its_variable(environment):
    assert str(environment) == interpreter("ml", ["torch"])


def test_a_package_that_is_not_there_is_said(environment):
    with pytest.raises(Unavailable, match="package jax is not installed"):
        interpreter("ml", ["torch", "jax"])


def test_an_environment_in_the_cache_needs_no_variable(environment, tmp_path, monkeypatch):
    monkeypatch.delenv("PERFDIAG_ML_PYTHON")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(Unavailable, match=r"no environment ml: .*home/\.cache/perfdiag/ml/bin/python"):
        interpreter("ml", [])
    (tmp_path / "home" / ".cache" / "perfdiag").mkdir(parents=True)
    (tmp_path / "home" / ".cache" / "perfdiag" / "ml").symlink_to(tmp_path)
    assert interpreter("ml", ["torch"]).startswith(str(tmp_path / "home"))
