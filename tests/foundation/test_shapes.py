"""Shape checks, in one wording."""

import pytest

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import InputSpec, fraction, positive_int, show


@pytest.mark.parametrize(
    ("spec", "shape", "words"),
    [
        (InputSpec(ndim=4), (2, 3, 3), "expected 4 axes (batch first); received 3, in an input of shape (2, 3, 3)"),
        (InputSpec(min_ndim=2), (5,), "expected at least 2 axes"),
        (InputSpec(axes={-1: 3}), (2, 4), "expected size 3 at axis -1; received size 4"),
        (InputSpec(axes={1: 3}, hint="Try this."), (2, 4), "Try this."),
        (InputSpec(ndim=4, axes={1: 8, 2: 9, 3: 1}), (5, 8, 9), "x[..., None]"),
        (InputSpec(ndim=4, axes={1: 8, 2: 9, 3: 3}), (8, 9, 3), "x[None]"),
        (InputSpec(ndim=4, axes={1: 8, 2: 9, 3: 3}), (5, 3, 8, 9), "np.moveaxis(x, 1, -1)"),
    ],
)
def test_what_does_not_fit_is_named(spec, shape, words):
    with pytest.raises(ShapeError) as caught:
        spec.check("layer", shape)
    assert words in str(caught.value)


def test_what_fits_passes():
    InputSpec(ndim=2, axes={-1: 3}).check("layer", (None, 3))
    InputSpec(min_ndim=2, axes={-1: 3}).check("layer", (2, None))


def test_numbers_in_range():
    assert positive_int("units", 3, owner="Dense") == 3
    for wrong in (0, -1, 2.5, "3", True, None):
        with pytest.raises(ConfigError, match="Dense expected `units`"):
            positive_int("units", wrong, owner="Dense")
    assert fraction("rate", 0.5, owner="Dropout") == 0.5
    for wrong in (-0.1, 1.0, "x", None, float("nan")):
        with pytest.raises(ConfigError, match="Dropout expected `rate`"):
            fraction("rate", wrong, owner="Dropout")


def test_shapes_are_written_as_python_does():
    assert show((None, 3)) == "(None, 3)" and show((2,)) == "(2,)"
