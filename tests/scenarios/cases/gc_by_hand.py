"""A full collection after each batch."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.gc.by-hand",
    program="invoice_batches.py",
    truth=Truth(kind="cpu.gc", resource="cpu", where="close_batch"),
    thread="post_invoices",
    evidence=(
        Evidence(
            what="time in gc.collect(), of wall time",
            share=0.98,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="dumps with close_batch as the innermost function",
            share=1.0,
            source="py-spy dump x 7 over 4 s",
        ),
    ),
)
