"""Every picture of marks, whatever it is given: a sound document, its numbers, and a Matplotlib figure of the same."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassnet import plots
from glassnet.foundation.errors import ConfigError, DataError, GlassnetError
from glassnet.plots.fitting import fit_panel
from glassnet.plots.marks import Axis, Line, Panel
from glassnet.plots.picture import picture

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "</text><script>alert('1')</script> & \"quotes\" \x00\x1b \ud800 <b>"
r = np.random.default_rng(0)
AT = np.linspace(-1, 1, 9)
BOWL = AT**2 + AT[:, None] ** 2
nan, inf = np.nan, np.inf

CASES = {
    "activation functions": lambda: plots.activation_functions(points=41),
    "one activation function": lambda: plots.activation_functions(["gelu"], points=5),
    "learning curves": lambda: plots.learning_curves(
        {"loss": [3, 2, 1], "val_loss": [3, 2, 4], "accuracy": [0.1, 0.2, 0.4]},
        evidence=[(2, "low"), ((2, 3), "rises " * 30)],
    ),
    "learning curves, one epoch": lambda: plots.learning_curves({"loss": [3.0]}),
    "learning curves, not finite": lambda: plots.learning_curves({"loss": [3, nan, inf], "val_loss": [nan, nan, nan]}),
    "learning curves, long": lambda: plots.learning_curves({"loss": r.normal(size=50_000)}, evidence=[(9_000, NASTY)]),
    "learning curves, log": lambda: plots.learning_curves({"loss": [1e-9, 0, 1e9]}, log=True, title=NASTY),
    "roc": lambda: plots.roc(r.integers(0, 2, 60), r.random(60)),
    "roc, perfect": lambda: plots.roc([0, 0, 1, 1], [1, 2, 3, 4]),
    "roc, one score": lambda: plots.roc([0, 1, 1], [0.5, 0.5, 0.5]),
    "precision": lambda: plots.precision_recall(r.integers(0, 2, 60), r.random(60)),
    "calibration": lambda: plots.calibration(r.integers(0, 2, 60), r.random(60)),
    "calibration, one row": lambda: plots.calibration([1], [1.0]),
    "boundary": lambda: plots.boundary(AT, AT, BOWL / 2, r.normal(size=(30, 2)), r.integers(0, 2, 30)),
    "boundary, five classes": lambda: plots.boundary(
        AT, AT, r.random((9, 9, 5)), r.normal(size=(900, 2)), r.integers(0, 5, 900), class_names=[NASTY] * 5
    ),
    "boundary, a number": lambda: plots.boundary(AT, AT, 40 * BOWL, r.normal(size=(3, 2)), [0.1, 2.5, 7.0]),
    "landscape": lambda: plots.landscape(AT, AT, BOWL, [[-0.8, 0.7], [0.1, 0.2], [0, 0]]),
    "landscape, not finite": lambda: plots.landscape(AT, AT, np.where(BOWL > 1, inf, BOWL)),
    "landscape, flat": lambda: plots.landscape(AT, AT, np.ones((9, 9))),
    "scatter": lambda: plots.scatter(r.normal(size=(50, 2)), r.integers(0, 3, 50), names=[NASTY] * 50),
    "scatter, one": lambda: plots.scatter([[1.0, 1.0]]),
    "weights": lambda: plots.weights(r.normal(size=(30, 9))),
    "weights, small": lambda: plots.weights(r.normal(size=(2, 3))),
    "weights, a vector": lambda: plots.weights(r.normal(size=7)),
    "weights, one": lambda: plots.weights([[0.0]]),
    "filters": lambda: plots.filters(r.normal(size=(3, 3, 2, 50))),
    "filters, in colour": lambda: plots.filters(r.normal(size=(5, 5, 3, 8))),
    "filters, of sequences": lambda: plots.filters(r.normal(size=(5, 2, 8))),
    "activations of units": lambda: plots.activations(r.normal(size=64)),
    "activations of steps": lambda: plots.activations(r.normal(size=(40, 6))),
    "activations of channels": lambda: plots.activations(r.random((12, 10, 9))),
    "activations, all 0": lambda: plots.activations(np.zeros((4, 4, 2))),
    "attention": lambda: plots.attention(r.dirichlet(np.ones(5), (3, 5)), queries=["a", "b", NASTY, "d" * 40, "e"]),
    "attention, one head": lambda: plots.attention(r.dirichlet(np.ones(90), 60)),
    "attribution": lambda: plots.attribution_picture(r.normal(size=50), note=NASTY),
    "attribution of words": lambda: plots.attribution_picture([0.1, -2.0], names=["not", NASTY], ordered=True),
    "attribution of steps": lambda: plots.attribution_picture(r.normal(size=(30, 12))),
    "attribution of an image": lambda: plots.attribution_picture(
        r.normal(size=(8, 6)), image=255 * r.random((8, 6, 3))
    ),
    "attribution, nothing": lambda: plots.attribution_picture([0.0, nan]),
    "importance": lambda: plots.importance(["a", "b"], r.normal(size=(2, 5))),
    "dependence": lambda: plots.dependence([1, 2, 3], [1, 2, 1], r.normal(size=(90, 3)), data=r.integers(1, 4, 90)),
    "dependence, classes": lambda: plots.dependence(AT, r.random((9, 4)), outputs=["a", "b", NASTY, "d"]),
    "learning rates": lambda: plots.learning_rates(
        np.geomspace(1e-6, 10, 40),
        np.exp(r.normal(size=(4, 40))),
        chosen=0.01,
        trial_rates=[0.01, 1],
        trial_losses=[[1, 2], [3, inf]],
    ),
    "learning rates, nothing found": lambda: plots.learning_rates([1e-3, 1e-2], [nan, nan]),
    "races": lambda: plots.races({f"{i} {NASTY}": r.normal(size=(3, 20)) for i in range(9)}),
    "races, broken": lambda: plots.races({"a": [[1, nan, inf]], "b": [1, 2, 3]}, log=True),
    "gradients over time": lambda: plots.gradients_over_time(
        {f"block/{i}": np.exp(r.normal(size=30)) for i in range(9)}
    ),
    "confusion": lambda: plots.confusion([[70, 2], [1, 41]], ["benign", NASTY]),
    "confusion, many": lambda: plots.confusion(r.integers(0, 99, (30, 30)), range(30)),
    "confusion, empty rows": lambda: plots.confusion(np.zeros((3, 3)), "abc"),
    "errors": lambda: plots.errors(r.normal(size=2000), r.normal(size=2000)),
    "errors, one": lambda: plots.errors([1e30, nan], [1e30, 2]),
    "gradients over time, 0": lambda: plots.gradients_over_time({"a": [0.0, 0.0], "b": [1.0, nan]}),
}


@pytest.mark.parametrize("name", CASES)
def test_every_picture_is_sound(name):
    made = CASES[name]()
    check(made)
    assert made._repr_svg_() == made.svg and repr(made).endswith('")')


def check(made):
    root = ET.fromstring(made.svg)
    assert root.get("role") == "img" and len(made.svg) < 200_000
    assert root.find(f"{SVG}title").text and root.find(f"{SVG}desc").text
    assert not root.findall(f".//{SVG}script") and not root.findall(f".//{SVG}b") and "url(" not in made.svg
    assert "nan" not in re.sub('base64,[^"]*', "", made.svg).replace("Finance", "")
    links = [element.get("href") for element in root.iter() if element.get("href")]
    assert all(link.startswith("data:image/png;base64,") for link in links)
    assert len(made.numbers) > 0 and all(
        value is not None or key in ("labels", "chosen") for key, value in made.numbers.items()
    )
    inside(root)


def inside(root):
    """Nothing is drawn outside the paper, words included."""
    width, height = (float(root.get(side)) for side in ("width", "height"))
    assert 400 <= width <= 480 and height <= 1400
    for element in root.iter():
        x, y = (float(element.get(key, 0)) for key in ("x", "y"))
        assert -0.01 <= x <= width + 0.01 and -0.01 <= y <= height + 0.01, element.attrib
        assert x + float(element.get("width", 0)) <= width + 0.6 and y + float(element.get("height", 0)) <= height + 0.6
        if element.tag == f"{SVG}text" and element.get("transform") is None:
            size = re.search(r"font-size:([\d.]+)", element.get("style", ""))
            wide = 0.4 * (float(size.group(1)) if size else 13) * len(element.text or "")
            left = x - {"end": wide, "middle": wide / 2}.get(element.get("text-anchor"), 0)
            assert left >= -14 and left + wide <= width + 14, element.text
        for found in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", element.get("d", "")):
            a, b = map(float, found)
            assert -8 <= a <= width + 8 and -8 <= b <= height + 8


@pytest.mark.parametrize(
    "name", ["learning curves", "roc", "boundary", "boundary, a number", "landscape", "weights, small"]
)
def test_matplotlib_draws_the_same(name):
    made = CASES[name]()
    figure = made.figure()
    drawn = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    assert len(drawn) == len(made.panels)
    assert figure.get_suptitle() == made.title
    for ax, panel in zip(drawn, made.panels, strict=True):
        lines = [mark for mark in panel.marks if isinstance(mark, Line)]
        kept = [line for line in ax.lines if any(len(line.get_xdata()) == len(mark.x) for mark in lines)]
        for mark in lines:
            assert any(np.array_equal(line.get_ydata(), mark.y, equal_nan=True) for line in kept)
        assert ax.get_xlabel() == panel.x.label
    figure.canvas.draw()


def test_a_picture_is_saved_as_svg_only(tmp_path):
    made = picture("Line", [Panel([Line([0, 1], [0, 1], "a")], x=Axis("x"))], {"y": [0, 1]}, description="It rises.")
    made.save(tmp_path / "line.svg")
    assert (tmp_path / "line.svg").read_text("utf-8") == made.svg
    with pytest.raises(ConfigError, match="svg"):
        made.save(tmp_path / "line.png")


@pytest.mark.parametrize(
    "call",
    [
        lambda: plots.activation_functions(["softmax"]),
        lambda: plots.activation_functions([]),
        lambda: plots.activation_functions(["rellu"]),
        lambda: plots.learning_curves({}),
        lambda: plots.learning_curves([1, 2]),
        lambda: plots.roc([0, 1], [0.5]),
        lambda: plots.roc([1, 1], [0.5, 0.6]),
        lambda: plots.roc([0, 2], [0.5, 0.6]),
        lambda: plots.roc([0, 1], [0.5, nan]),
        lambda: plots.calibration([0, 1], [0.5, 1.5]),
        lambda: plots.calibration([0], [0.5, 0.6]),
        lambda: plots.boundary(AT, AT, BOWL[:3]),
        lambda: plots.landscape(AT, AT, BOWL[:3]),
        lambda: plots.filters(np.zeros((3, 3))),
        lambda: plots.activations(np.zeros((2, 2, 2, 2))),
        lambda: plots.attention(np.zeros((2, 2)), queries=["a"]),
        lambda: plots.attribution_picture([1.0], names=["a", "b"]),
        lambda: plots.attribution_picture(np.zeros((2, 2)), image=np.zeros((3, 2))),
        lambda: plots.importance(["a"], [1.0]),
        lambda: plots.learning_rates([1, 2], [1.0]),
        lambda: plots.gradients_over_time({"a": [1], "b": [1, 2]}),
        lambda: plots.races({"a": [1, 2]}, x=[1]),
        lambda: plots.confusion([[1, 2]], ["a"]),
        lambda: plots.errors([1, 2], [1]),
        lambda: plots.errors([nan], [1]),
    ],
)
def test_what_cannot_be_drawn_is_told(call):
    with pytest.raises(GlassnetError, match=r"[Ee]xpected|No activation|[Uu]nknown"):
        call()


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(max_size=8), st.lists(st.floats(), max_size=9), min_size=1, max_size=5), st.booleans())
def test_learning_curves_take_any_series(series, log):
    check(plots.learning_curves(series, log=log, evidence=[(2, "x")]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats()), min_size=2, max_size=12))
def test_roc_takes_any_scores(rows):
    truth, scores = [float(yes) for yes, _ in rows], [score for _, score in rows]
    try:
        check(plots.roc(truth, scores))
    except DataError as error:
        assert "Received" in str(error)


def test_words_in_a_figure_have_paper_around_them():
    across = np.linspace(-1, 1, 5)
    outputs = (across[None, :] + across[:, None] > 0).astype(float)
    drawn = plots.boundary(across, across, outputs, [[-0.5, 0], [0.5, 0.1]], [0, 1]).figure()
    words = [text for text in drawn.axes[0].texts if text.get_text().startswith("class")]
    assert words and all(text.get_path_effects() for text in words)


def test_shades_of_numbers_without_a_sign_start_at_the_lightest():
    assert plots.weights(np.ones((3, 3)) + np.eye(3)).panels[0].bar.ramp == "amount"
    assert plots.weights(np.eye(3) - 0.5).panels[0].bar.ramp == "signed"


def test_dependence_ends_where_its_values_end():
    panel = plots.dependence([0.5, 1.5], [0.2, 0.8], [[0.1, 0.9]], data=[0.5, 1.0, 1.5]).panels[0]
    box = fit_panel(panel, 0, 0, 480, 300, titled=False)
    assert (box.across.low, box.across.high) == (0.5, 1.5) and 0.03 < box.up.low < 0.1 and box.up.high == 0.9
