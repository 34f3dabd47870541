"""An endpoint that parses what is uploaded in the event loop, under uvicorn."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="asyncio.blocked-loop.uvicorn",
    truth=Truth(kind="asyncio.blocked-loop", resource="cpu", where="parse_upload"),
    program="asgi_uploads.py",
    thread="main",
    client="upload_clients.py",
    environment="scenarios",
    requires=("uvicorn", "starlette"),
    evidence=(
        Evidence(
            what="dumps with parse_upload on the stack of the loop's thread",
            share=0.92,
            source="py-spy dump x 25 over 4 s",
        ),
        Evidence(
            what="looks that found that thread ready or running",
            share=0.885,
            source="/proc/PID/task/TID/stat x 100",
        ),
    ),
)
