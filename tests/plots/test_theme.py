import numpy as np
import pytest

from glassnet.plots.confusion import cell_ink
from glassnet.plots.theme import DARK, LIGHT, SERIES_COLOURS, STYLE, frame


def rgb(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def contrast(one, other):
    """WCAG 2's ratio of relative luminances."""

    def luminance(colour):
        linear = np.where(colour <= 0.03928, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_in_every_colour_can_be_read_on_paper(palette):
    for name in ("ink", "muted", "orange", *SERIES_COLOURS):
        assert contrast(rgb(palette[name]), rgb(palette["paper"])) >= 4.5, name


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("colour", ["blue", "orange"])
def test_text_on_heat_map_cells_can_be_read(palette, colour):
    for opacity in np.linspace(0.1, 1, 91):
        cell = opacity * rgb(palette[colour]) + (1 - opacity) * rgb(palette["paper"])
        assert contrast(rgb(palette[cell_ink(opacity)]), cell) >= 3.8, opacity


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_training_and_validation_differ_for_the_colour_blind(palette):
    """Machado, Oliveira and Fernandes 2009: deuteranopia and protanopia at full strength, on linear RGB."""
    kinds = [
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    ]
    for matrix in kinds:
        seen = [np.clip(np.array(matrix) @ rgb(palette[name]), 0, 1) for name in ("blue", "orange")]
        assert np.abs(seen[0] - seen[1]).max() > 0.35


def test_the_style_knows_dark_screens_and_paper():
    assert "prefers-color-scheme:dark" in STYLE and "@media print" in STYLE
    assert set(LIGHT) == set(DARK)


def test_different_drawings_have_different_ids_and_equal_ones_the_same():
    made = [frame("", width=9, height=9, title=title, description="d") for title in ("a", "b", "a")]
    assert made[0] != made[1] and made[0] == made[2]
    assert made[0].split('aria-labelledby="')[1][:10] != made[1].split('aria-labelledby="')[1][:10]
