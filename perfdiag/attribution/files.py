"""Files that are told as one: those of a directory with the same suffix, which is what a program means."""

from perfdiag.model import TimeClass

FILE_TIMES = frozenset({TimeClass.DISK, TimeClass.WRITE})


def told_as(time: TimeClass, name: str) -> str:
    """The name under which time on an object is told and claimed: '/media/*.mkv' for reads and writes of
    '/media/a.mkv', else the name itself."""
    folder, slash, file = name.rpartition("/")
    if time not in FILE_TIMES or not slash or folder == "/dev":  # each disk is one of its own
        return name
    stem, dot, suffix = file.rpartition(".")
    return f"{folder}/*.{suffix}" if dot and stem else f"{folder}/*"
