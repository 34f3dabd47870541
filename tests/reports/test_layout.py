from perfdiag.reports._layout import WIDTH, cut, table, wrapped


def test_a_text_is_wrapped_at_the_width_with_its_lines_indented() -> None:
    lines = wrapped("word " * 50, 4, first="  ")
    assert all(len(line) <= WIDTH for line in lines)
    assert ["  word", "    word"] == [line[: len(line) - len(line.lstrip()) + 4] for line in lines[:2]]


def test_what_is_cut_says_so() -> None:
    assert ("abcd", "abc…") == (cut("abcd", 4), cut("abcde", 4))


def test_a_column_without_a_cell_is_left_out() -> None:
    rows = [("x", "", "long text"), ("y", "", "z")]
    assert ["  a  c", "  x  lon…", "  y  z"] == table(("a", "b", "c"), rows, (5, 5, 4))
