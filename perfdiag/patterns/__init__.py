"""The shapes that findings may have, one file each, with what to do about it in a Markdown file beside it.

A pattern is told only where it was measured, as one number; it never changes the kind of a finding.
"""
