"""A thread for each of eight players, and one interpreter."""

from tests.scenarios.truth import Evidence, Scenario, Truth

SCENARIO = Scenario(
    name="cpu.gil.server",
    truth=Truth(kind="cpu.gil", resource="gil", where="count_walks"),
    program="chess_server.py",
    thread="do_GET",
    client="http_players.py",
    evidence=(
        Evidence(
            what="wall - CPU - run queue of the eight threads, of their wall time",
            share=0.634,
            source="truth log of the target over 4 s",
        ),
        Evidence(
            what="looks that found one of them in futex (there is no other lock)",
            share=0.721,
            source="/proc/PID/task/TID/syscall x 700",
        ),
        Evidence(
            what="dumps with count_walks as the innermost function",
            share=1,
            source="py-spy dump x 22 over 4 s",
        ),
    ),
)
