"""A pause before each request, in select()."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="sleep.quota",
    truth=Truth(kind="sleep", resource="sleep", where="respect_quota"),
    program="parish_import.py",
    thread="import_entries",
    peer="quick_service.py",
    evidence=(
        Evidence(
            what="time in the pause, of the importer's wall time",
            share=0.982,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found it in pselect6",
            share=0.991,
            source="/proc/PID/task/TID/syscall x 120",
        ),
        Evidence(
            what="dumps with respect_quota as the innermost function",
            share=1,
            source="py-spy dump x 30 over 4 s",
        ),
    ),
)
