"""The formats of a triage, one file each."""
