"""showing: the last look, the flags and the price, as text and as a page."""

from glassnet.diagnosis.health.flag import Flag
from glassnet.diagnosis.health.looks import Price
from glassnet.diagnosis.health.showing import as_html, as_text

FLAG = Flag(
    "dead_units", ("dense",), 2, 20, "12 of 16 units of 'dense' (75 %) are off.", "Lower the <rate>.", {"dead": 0.75}
)


def test_the_text_is_aligned_and_says_all(make):
    layer, look = make
    frozen = layer("still", trains=False, gradient=None, update=None, dead=None)
    text = as_text([look(0, layer(), frozen), look(2, layer(), frozen)], [FLAG], Price(2, 1.0, 0.01))
    lines = text.splitlines()
    assert lines[0] == "Health      after epoch 2 (20 steps), at 128 rows; loss 0.5, 0.5 at the first look"
    assert lines[1].split() == ["layer", "units", "gradient", "weights", "step", "dead", "saturated", "mean", "spread"]
    assert lines[2].index("0.1") + 3 == lines[3].index("frozen") + 6 == lines[1].index("gradient") + 8
    assert "Flag        Dead units: dense, since epoch 2 (step 20)" in lines
    assert "            → Lower the <rate>." in lines
    assert lines[-1] == "Price       2 looks; 10 ms while training (1 % of 1 s)"
    assert max(map(len, lines)) <= 100
    assert "Flags       none" in as_text([look(0, layer())], [], Price())


def test_many_layers_are_cut(make):
    layer, look = make
    text = as_text([look(0, *(layer(f"layer_{number}") for number in range(50)))], [], Price())
    assert "layer_39" in text and "layer_40" not in text
    assert "and 10 more layers" in text


def test_the_page_holds_the_same_and_is_escaped(make):
    layer, look = make
    page = as_html([look(2, layer("<b>"))], [FLAG], Price(1))
    assert "&lt;b&gt;" in page and "Lower the &lt;rate&gt;" in page and "1 look" in page
    assert "No flags" in as_html([look(2, layer())], [], Price())
