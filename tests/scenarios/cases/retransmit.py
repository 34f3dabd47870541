"""A link that loses one segment in eight."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="net.retransmit",
    program="part_upload.py",
    truth=Truth(kind="net.retransmit", resource="network", where="upload_part"),
    thread="upload_all",
    peer="lossy_archive.py",
    evidence=(
        Evidence(
            what="parts not uploaded because of the loss: 126 a second with it, 3985 without",
            share=0.968,
            source="print-out of the target over 5 s",
        ),
        Evidence(
            what="time in sending a part and its confirmation, of wall time",
            share=0.99,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="dumps with upload_part as the innermost function",
            share=0.989,
            source="py-spy dump x 29 over 4 s",
        ),
    ),
)
