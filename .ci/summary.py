"""`python .ci/summary.py FOLDER [FAILED_STEP...]`: adds up the junit files in FOLDER.

Prints each skipped and failed test with its reason, each failed step, and 'N passed, N failed, N skipped';
where steps failed without a failed test, they are the failures. Status 1 when anything failed or nothing ran.
What a second run says of a test (NAME.xml.again) counts; the test is named.
"""

import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from pathlib import Path


def outcome(case: ElementTree.Element) -> tuple[str, str]:
    """('passed' | 'failed' | 'skipped', the reason) of one test."""
    for tag, name in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        found = case.find(tag)
        if found is not None:
            return name, " ".join((found.get("message") or "").split())[:200]
    return "passed", ""


def outcomes(paths: Iterable[Path]) -> dict[str, tuple[str, str]]:
    """Outcome and reason of each test in these files; of one in several, the last."""
    return {
        f"{case.get('classname')}::{case.get('name')}": outcome(case)
        for path in paths
        for case in ElementTree.parse(path).iter("testcase")  # noqa: S314 - our own pytest wrote it
    }


def main(folder: str, failed_steps: list[str]) -> int:
    first = outcomes(sorted(Path(folder).glob("*.xml")))
    again = outcomes(sorted(Path(folder).glob("*.xml.again")))
    for test, (name, _) in again.items():
        print(f"{name} when run once more: {test}: {first[test][1]}")
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for test, (name, reason) in (first | again).items():
        counts[name] += 1
        if name != "passed":
            print(f"{name}: {test}: {reason}")
    for step in failed_steps:
        print(f"failed step: {step}")
    counts["failed"] = max(counts["failed"], len(failed_steps))
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
