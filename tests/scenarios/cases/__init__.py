"""The scenarios, one file each: `SCENARIO` is its record. Found by their place in this folder."""

import importlib
import pkgutil

from tests.scenarios.truth import Scenario


def _discover() -> dict[str, Scenario]:
    names = [f"{__name__}.{found.name}" for found in pkgutil.iter_modules(__path__)]
    modules = [importlib.import_module(name) for name in names]
    return {module.SCENARIO.name: module.SCENARIO for module in modules}


SCENARIOS = _discover()
