"""Text that fits, that is safe to show, and in colour only where it should be."""

import io
import os

import pytest

from glassnet.cli.terminal import Out, cells, coloured, fold, printable, table, width


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def __init__(self, encoding="utf-8"):
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return True

    def fileno(self):
        raise OSError("no real terminal")


def screen(monkeypatch, columns, **options):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    return Out(Screen(), **options)


@pytest.mark.parametrize(
    ("environment", "terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
    ids=str,
)
def test_colour_is_for_terminals_unless_the_environment_says_otherwise(monkeypatch, environment, terminal, expected):
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    assert coloured(Screen() if terminal else io.StringIO()) is expected


@pytest.mark.parametrize(("columns", "expected"), [("80", 80), ("20", 40), ("400", 120), ("wide", 80), ("0", 80)])
def test_the_width_is_the_terminals_within_reason(monkeypatch, columns, expected):
    monkeypatch.setenv("COLUMNS", columns)
    assert width(Screen()) == expected
    assert width(io.StringIO()) == 100


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(monkeypatch, columns):
    out = screen(monkeypatch, columns)
    out.step("1 Load", "many short words " * 20)
    out.error("what went wrong and what to do about it " * 5)
    out.table([["name", "x" * 30, "東京" * 12], ["é́" * 9, "1", "2"]], right=[1])
    lines = out.stream.getvalue().replace("\x1b[1m", "").replace("\x1b[31m", "").replace("\x1b[0m", "").splitlines()
    assert len(lines) > 7 and max(map(cells, lines)) <= columns


def test_a_long_step_goes_on_below_its_beginning(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    out = screen(monkeypatch, 40)
    out.step("1 Load", "one two three four five six seven eight")
    out.step("", "more")
    assert out.stream.getvalue() == (
        "1 Load      one two three four five six\n            seven eight\n            more\n"
    )


def test_styles_are_written_around_words_and_only_in_colour(monkeypatch):
    out = screen(monkeypatch, 80)
    out.step("Verdict", ": fine", first="Good", how="good")
    assert out.stream.getvalue() == "\x1b[1mVerdict     \x1b[0m\x1b[32mGood\x1b[0m: fine\n"
    plain = Out(io.StringIO())
    plain.step("Verdict", ": fine", first="Good", how="good")
    assert plain.stream.getvalue() == "Verdict     Good: fine\n"


def test_names_from_a_table_cannot_move_the_cursor():
    out = Out(io.StringIO())
    out.step("1 Load", "a\x1b[2Jb\rc\u202ed")
    out.table([["x\x1b[31m\n"]])
    out.error("\x07bell")
    assert not set(out.stream.getvalue()) & {"\x1b", "\r", "\x07", "\u202e"}
    assert out.stream.getvalue().count("\n") == 3
    assert printable("Genève 東京\xa0x") == "Genève 東京 x"


def test_a_stream_that_cannot_write_a_sign_gets_a_question_mark():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Out(stream).line("→ Genève")
    stream.seek(0)
    assert stream.read() == "? Gen?ve\n"


def test_quiet_writes_nothing():
    out = Out(io.StringIO(), quiet=True)
    out.step("a", "b")
    out.line("c")
    out.table([["d"]])
    assert out.stream.getvalue() == ""


def test_columns_are_aligned_by_what_a_sign_takes_on_the_screen():
    lines = table([["東京", "1"], ["Bern", "100"]], right=[1]).splitlines()
    assert lines == ["東京    1", "Bern  100"]


def test_a_table_that_is_too_wide_loses_the_ends_of_its_longest_cells():
    rows = [["name", "value"], ["a very long name indeed", "1"]]
    assert table(rows, columns=18).splitlines() == ["name         value", "a very long… 1"]
    assert table(rows, columns=18)[-1] == "1"


def test_words_longer_than_a_line_stay_whole_and_percent_signs_with_their_numbers():
    assert fold("see /a/very/long/path now", 10) == ["see", "/a/very/long/path", "now"]
    assert fold("about 94.7 % of", 11) == ["about", "94.7 % of"]


def test_messages_that_nobody_reads_do_not_stop_the_work(monkeypatch):
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    closed = Closed()
    monkeypatch.setattr("sys.stderr", closed)
    messages = Out(closed)
    messages.line("unheard")
    assert messages.quiet
    with pytest.raises(BrokenPipeError):
        Out(Closed()).line("data")


def test_a_real_terminals_width_is_asked_for(monkeypatch):
    monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((72, 20)))
    real = Screen()
    real.fileno = lambda: 2
    assert width(real) == 72


def test_an_error_of_several_lines_keeps_them(monkeypatch):
    out = screen(monkeypatch, 40)
    out.error("It broke.\nWhere: in a place whose name is too long for one line.\nWhat to do: mend it.")
    lines = out.stream.getvalue().splitlines()
    assert lines[0].endswith("It broke.") and lines[1].startswith("       Where: in a place")
    assert lines[2].startswith("       ") and lines[-1] == "       What to do: mend it."


def test_a_command_to_copy_is_never_broken(monkeypatch):
    out = screen(monkeypatch, 40)
    out.command("Go on with", f"glassnet resume {'x' * 60}/a b\x1b[2J")
    text = out.stream.getvalue()
    assert text.count("\n") == 1 and text.endswith("�[2J\n")
