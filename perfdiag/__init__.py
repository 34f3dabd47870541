"""perfdiag: a doctor for running programs.

One noun and five verbs: collect -> Recording -> attribute -> analyze -> Findings -> report.
Importing this package reads nothing and imports nothing.
"""

__version__ = "0.1.0"
