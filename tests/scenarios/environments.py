"""Interpreters with packages that perfdiag itself does not need, each in an environment of its own.

The interpreter of the environment NAME is `PERFDIAG_NAME_PYTHON`, else `~/.cache/perfdiag/NAME/bin/python`.
That of machine learning is made by `python3 -m venv ~/.cache/perfdiag/ml` and there
`bin/pip install torch==2.13.0 numpy` (the CPU build).
"""

import os
from collections.abc import Iterable
from pathlib import Path

from tests.scenarios.servers import Unavailable


def interpreter(name: str, modules: Iterable[str]) -> str:
    """The path of its Python. `Unavailable` where it is not there, or one of the modules is not."""
    variable = f"PERFDIAG_{name.upper()}_PYTHON"
    python = Path(os.environ.get(variable) or f"~/.cache/perfdiag/{name}/bin/python").expanduser()
    if not python.exists():
        raise Unavailable(f"there is no environment {name}: {python} (or {variable}) does not exist")
    packages = [*python.parent.parent.glob("lib/python3*/site-packages")]
    for module in modules:
        if not any((folder / module).exists() for folder in packages):
            raise Unavailable(f"the Python package {module} is not installed in {python.parent.parent}")
    return str(python)
