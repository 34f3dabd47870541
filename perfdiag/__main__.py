"""`python -m perfdiag` is `perfdiag`."""

from perfdiag.cli import main

main()
