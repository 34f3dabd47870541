"""The published JSON Schemas, one file each: `perfdiag schema NAME`."""

from importlib import resources

_SUFFIX = ".schema.json"


def names() -> tuple[str, ...]:
    """The names of all schemas, sorted."""
    files = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)))


def text(name: str) -> str:
    """The schema called `name`, one of `names()`."""
    return resources.files(__name__).joinpath(name + _SUFFIX).read_text("utf-8")
