"""Recordings on disk: one SQLite file, exact to the bit (`save`, `load`), or growing while it is made
(`Writer`)."""

from perfdiag.storage.reader import load
from perfdiag.storage.writer import Writer, save

__all__ = ["Writer", "load", "save"]
