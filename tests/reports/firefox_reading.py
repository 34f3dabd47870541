"""Checks a profile as profiler.firefox.com needs it: tables of equal columns, and indices that exist.

By the type definitions of the processed profile format, version 60.
"""

from typing import Any

Json = dict[str, Any]

COLOURS = {
    "transparent", "purple", "green", "orange", "yellow", "lightblue", "blue", "brown", "magenta", "red",
    "lightred", "darkgrey", "grey",
}  # fmt: skip
SHARED = {
    "stackTable": {"frame", "prefix"},
    "frameTable": {
        "address", "inlineDepth", "category", "subcategory", "func", "nativeSymbol", "innerWindowID", "line",
        "column",
    },
    "funcTable": {"name", "isJS", "relevantForJS", "resource", "source", "lineNumber", "columnNumber"},
    "resourceTable": {"lib", "name", "host", "type"},
    "nativeSymbols": {"libIndex", "address", "name", "functionSize"},
    "sources": {"uuid", "filename"},
}  # fmt: skip
THREAD = {
    "name": str, "processType": str, "processStartupTime": int, "processShutdownTime": type(None),
    "registerTime": int, "unregisterTime": type(None), "pausedRanges": list, "isMainThread": bool, "pid": str,
    "tid": int, "samples": dict, "markers": dict,
}  # fmt: skip
META = {
    "product": str, "importedFrom": str, "startTime": int, "interval": (int, float), "processType": int,
    "stackwalk": int, "version": int, "preprocessedProfileVersion": int, "categories": list,
    "markerSchema": list,
    "symbolicationNotSupported": bool, "usesOnlyOneStackType": bool, "sourceCodeIsNotOnSearchfox": bool,
    "keepProfileThreadOrder": bool, "initialVisibleThreads": list, "initialSelectedThreads": list,
}  # fmt: skip


def check(profile: Json) -> None:
    """Fails on what the viewer could not load."""
    assert {"meta", "libs", "shared", "threads"} == profile.keys()
    _record(profile["meta"], META)
    assert 60 == profile["meta"]["preprocessedProfileVersion"]
    categories = profile["meta"]["categories"]
    assert ["grey"] == [one["color"] for one in categories if one["color"] == "grey"]
    assert all(one["color"] in COLOURS and one["subcategories"] == ["Other"] for one in categories)
    _shared(profile["shared"], len(categories))
    assert profile["threads"]
    assert list(range(len(profile["threads"]))) == [thread["tid"] for thread in profile["threads"]]
    for thread in profile["threads"]:
        _record(thread, THREAD)
        _table(thread["markers"], {"data", "name", "startTime", "endTime", "phase", "category"})
        _samples(thread["samples"], profile["shared"]["stackTable"]["length"])


def _shared(shared: Json, categories: int) -> None:
    assert SHARED.keys() | {"stringArray"} == shared.keys()
    for name, columns in SHARED.items():
        _table(shared[name], columns)
    strings = shared["stringArray"]
    assert all(isinstance(string, str) for string in strings)
    stacks, frames, functions = shared["stackTable"], shared["frameTable"], shared["funcTable"]
    assert all(prefix is None or 0 <= prefix < at for at, prefix in enumerate(stacks["prefix"]))
    _indices(stacks["frame"], frames["length"])
    _indices(frames["func"], functions["length"])
    _indices(frames["category"], categories)
    _indices(functions["name"], len(strings))
    _indices([one for one in functions["source"] if one is not None], shared["sources"]["length"])
    _indices(shared["sources"]["filename"], len(strings))


def _samples(samples: Json, stacks: int) -> None:
    assert "tracing-ms" == samples.pop("weightType")
    _table(samples, {"stack", "time", "weight"})
    assert samples["length"] > 0
    _indices([one for one in samples["stack"] if one is not None], stacks)
    assert sorted(samples["time"]) == samples["time"]
    assert all(weight >= 0 for weight in samples["weight"])


def _table(table: Json, columns: set[str]) -> None:
    assert columns | {"length"} == table.keys()
    assert {table["length"]} == {len(table[name]) for name in columns}


def _record(record: Json, types: dict[str, Any]) -> None:
    assert types.keys() == record.keys()
    assert [] == [name for name, kind in types.items() if not isinstance(record[name], kind)]


def _indices(found: list[int], length: int) -> None:
    assert all(0 <= index < length for index in found)


def stacks(profile: Json, thread: int) -> list[tuple[list[str], str]]:
    """The samples of a thread: 'function file:line' from the root, and the category of the leaf."""
    shared = profile["shared"]
    found = []
    for stack in profile["threads"][thread]["samples"]["stack"]:
        frames, category = [], ""
        while stack is not None:
            frame = shared["stackTable"]["frame"][stack]
            category = (
                category or profile["meta"]["categories"][shared["frameTable"]["category"][frame]]["name"]
            )
            frames.append(_frame(shared, frame))
            stack = shared["stackTable"]["prefix"][stack]
        found.append((frames[::-1], category))
    return found


def _frame(shared: Json, frame: int) -> str:
    function = shared["frameTable"]["func"][frame]
    name = shared["stringArray"][shared["funcTable"]["name"][function]]
    source = shared["funcTable"]["source"][function]
    if source is None:
        return name
    file = shared["stringArray"][shared["sources"]["filename"][source]]
    return f"{name} {file}:{shared['frameTable']['line'][frame]}"
