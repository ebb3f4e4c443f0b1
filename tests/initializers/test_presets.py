import numpy as np
import pytest

from glassnet import initializers
from glassnet.initializers import VarianceScaling

ROWS = [
    ("GlorotUniform", 1.0, "fan_avg", "uniform"),
    ("GlorotNormal", 1.0, "fan_avg", "truncated_normal"),
    ("HeUniform", 2.0, "fan_in", "uniform"),
    ("HeNormal", 2.0, "fan_in", "truncated_normal"),
    ("LecunUniform", 1.0, "fan_in", "uniform"),
    ("LecunNormal", 1.0, "fan_in", "truncated_normal"),
]


@pytest.mark.parametrize(("name", "scale", "mode", "distribution"), ROWS)
def test_a_preset_draws_as_the_variance_scaling_it_names(name, scale, mode, distribution):
    preset = getattr(initializers, name)(seed=4)
    np.testing.assert_array_equal(preset((6, 5)), VarianceScaling(scale, mode, distribution, seed=4)((6, 5)))
    assert preset.get_config() == {"seed": 4, "input_axes": None, "output_axes": None}
    assert repr(preset) == f"{name}(seed=4)"
