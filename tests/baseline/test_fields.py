import os

import pytest

from perfdiag.baseline.fields import BadField, Node, number, parse, read_bounded, utc
from perfdiag.errors import UsageError


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b'{"a":\n 1,', "line 2"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": -Infinity}', "-Infinity is not a number"),
        (b'{"a": 1e999}', "1e999 is not a finite number"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a": ' + b"1" * 5000 + b"}", "digits"),
        (b'{"a":\n"\xff"}', "line 2: not UTF-8"),
    ],
)
def test_what_is_not_plain_json_is_refused_with_its_place(content, complaint):
    with pytest.raises(BadField, match=complaint):
        parse(content)


def test_fields_are_fetched_by_name_and_type():
    node = Node({"text": "a\x1b[31m", "count": 3, "number": 1.5, "rows": [{"x": 1}, 2]})
    assert "a\\x1b[31m" == node.text("text")
    assert (3, 1.5, "none") == (node.count("count"), node.number("number"), node.text("absent", "none"))
    for wrong in (
        lambda: node.text("count"),
        lambda: node.count("number"),
        lambda: node.number("text"),
        lambda: node.number("absent"),
        lambda: node.array("text"),
        lambda: node.node("rows"),
        lambda: number(True, "x"),
        lambda: number(10**400, "x"),
    ):
        with pytest.raises(BadField):
            wrong()
    with pytest.raises(BadField, match=r"rows\[1\] is not an object"):
        list(node.nodes("rows"))


def test_times_become_utc():
    assert "2026-01-02T02:04:05Z" == utc(Node({"at": "2026-01-02T03:04:05.9+01:00"}), "at")
    assert "2026-01-02T03:04:05Z" == utc(Node({"at": "2026-01-02T03:04:05"}), "at")
    for text in ("yesterday", "0001-01-01T00:00:00+10:00"):
        with pytest.raises(BadField, match="is not a time"):
            utc(Node({"at": text}), "at")


def test_only_regular_files_of_bounded_size_are_read(tmp_path):
    file, link, pipe = tmp_path / "file", tmp_path / "link", tmp_path / "pipe"
    file.write_bytes(b"x" * 100)
    link.symlink_to(file)
    os.mkfifo(pipe)
    assert b"x" * 100 == read_bounded(file, 100, follow=False) == read_bounded(link, 100, follow=True)
    for path, limit, complaint in (
        (file, 99, "larger"),
        (link, 100, "symbolic link"),
        (pipe, 100, "not a regular file"),
        (tmp_path, 100, "not a regular file"),
        (tmp_path / ("n" * 300), 100, "too long"),
    ):
        with pytest.raises(UsageError) as caught:
            read_bounded(path, limit, follow=False)
        assert complaint in caught.value.cause
