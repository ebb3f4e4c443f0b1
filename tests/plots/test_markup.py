import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from glassnet.plots.markup import coordinate, escape, shorten, tag


@given(st.text(), st.text())
def test_any_text_survives_escaping_and_parsing(inside, attribute):
    element = ET.fromstring(tag("p", escape(inside), title=attribute))
    assert readable(element.text or "") == readable(inside)
    assert len(element.get("title")) == len(attribute.replace("\r\n", "\n"))


def readable(text):
    """What a parser keeps: forbidden characters replaced, line ends unified."""
    allowed = "".join(
        c if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") else "\ufffd"
        for c in text
    )
    return allowed.replace("\r\n", "\n").replace("\r", "\n")


def test_attributes_are_named_as_in_svg_and_none_is_left_out():
    assert tag("a", class_="b", font_size=1.5, x=None) == '<a class="b" font-size="1.5"/>'


def test_coordinates_are_short_and_never_nan():
    assert [coordinate(v) for v in (1.0, 1.239, -0.0001, float("nan"), float("inf"))] == ["1", "1.24", "0", "0", "0"]


def test_shortening_keeps_one_line_within_the_limit():
    assert shorten("a\n b", 9) == "a b"
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"
