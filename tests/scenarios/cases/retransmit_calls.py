"""Small questions, one at a time, over a link that loses one segment in eight."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.retransmit.calls",
    program="stock_lookup.py",
    truth=Truth(kind="net.retransmit", resource="network", where="ask_warehouse"),
    thread="keep_stock",
    peer="lossy_warehouse.py",
    evidence=(
        Evidence(
            what="questions not asked because of the loss: 121 a second with it, 2223 without",
            share=0.946,
            source="print-out of the target over 4 s",
        ),
        Evidence(
            what="time from a question to its answer, of wall time",
            share=0.998,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="dumps with ask_warehouse on the stack",
            share=1,
            source="py-spy dump x 26 over 4 s",
        ),
    ),
)
