"""What the words of a command line may be."""

import argparse

import pytest

from glassnet.cli import kinds


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("rate", "0.01", 0.01),
        ("rate", " Auto", "auto"),
        ("numbers", "0.1, 1e-3", [0.1, 0.001]),
        ("names", "sgd, adam,", ["sgd", "adam"]),
        ("picture", "a.SVG", "a.SVG"),
        ("units", "none", ()),
        ("score", "-1", -1.0),
        ("whole", "7", 7),
    ],
)
def test_a_word_is_read(kind, text, value):
    assert getattr(kinds, kind)(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("rate", "atuo"),
        ("numbers", "a,b"),
        ("names", " , "),
        ("picture", "a.png"),
        ("units", "x"),
        ("score", "2"),
        ("whole", "1.5"),
        ("number", "x"),
    ],
)
def test_a_word_that_is_none_is_shown(kind, text):
    with pytest.raises(argparse.ArgumentTypeError, match=f"received {text!r}"):
        getattr(kinds, kind)(text)
