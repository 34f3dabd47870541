"""The busy program that the tests of the command line look at, here too."""

from tests.cli.conftest import busy, busy_program

__all__ = ["busy", "busy_program"]
