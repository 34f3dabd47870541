"""Reads profile.proto by its published numbers, knowing nothing of what wrote it."""

import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

Fields = dict[int, list[int | bytes]]


def fields(content: bytes) -> Fields:
    """The fields of a message by their number: integers, or the bytes of what is inside."""
    found: Fields = defaultdict(list)
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        number, wire = key >> 3, key & 7
        value, at = _varint(content, at)
        if wire == 0:
            found[number].append(value)
        else:
            assert 2 == wire, f"wire type {wire}"
            assert at + value <= len(content)
            found[number].append(content[at : at + value])
            at += value
    return found


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def packed(content: bytes) -> Iterator[int]:
    at = 0
    while at < len(content):
        value, at = _varint(content, at)
        yield value


@dataclass(frozen=True)
class Sample:
    """One sample: frames from the leaf as 'function file:line from first line', values, labels."""

    frames: tuple[str, ...]
    values: dict[str, int]  # of what is not zero, by sample type
    labels: dict[str, str]


@dataclass(frozen=True)
class Profile:
    types: list[tuple[str, str]]
    default: str
    comments: list[str]
    time: int
    duration: int
    period: int
    samples: list[Sample]


def read(compressed: bytes) -> Profile:
    """Everything of a profile; fails on what refers to nothing."""
    top = fields(gzip.decompress(compressed))
    strings = [text.decode("utf-8") for text in top[6]]
    assert "" == strings[0]
    functions = {}
    for one in map(fields, top[5]):
        functions[one[1][0]] = (strings[_one(one, 2)], strings[_one(one, 4)], _one(one, 5))
    locations = {}
    for one in map(fields, top[4]):
        (line,) = map(fields, one[4])
        name, file, first = functions[line[1][0]]
        locations[one[1][0]] = f"{name} {file}:{_one(line, 2)} from {first}"
    assert 0 not in functions | locations
    types = [tuple(strings[_one(fields(one), n)] for n in (1, 2)) for one in top[1]]
    samples = [_sample(fields(one), locations, strings, types) for one in top[2]]
    return Profile(
        types=types,
        default=strings[_one(top, 14)],
        comments=[strings[number] for part in top[13] for number in packed(part)],
        time=_one(top, 9),
        duration=_one(top, 10),
        period=_one(top, 12),
        samples=samples,
    )


def _one(found: Fields, number: int) -> int:
    return found[number][0] if found[number] else 0


def _sample(one: Fields, locations: dict, strings: list[str], types: list) -> Sample:
    (values,) = (list(packed(part)) for part in one[2])
    labels = [fields(label) for label in one[3]]
    return Sample(
        frames=tuple(locations[number] for part in one[1] for number in packed(part)),
        values={name: value for (name, _), value in zip(types, values, strict=True) if value},
        labels={strings[_one(label, 1)]: strings[_one(label, 2)] for label in labels},
    )


def text(compressed: bytes) -> str:
    """A profile as lines to read."""
    profile = read(compressed)
    lines = [f"{name} {unit}" for name, unit in profile.types]
    lines += [f"default {profile.default}", *profile.comments]
    lines.append(f"time {profile.time}, duration {profile.duration}, period {profile.period}")
    for sample in profile.samples:
        lines += [str(sample.values), str(sample.labels), *(f"    {frame}" for frame in sample.frames)]
    return "\n".join(lines) + "\n"
