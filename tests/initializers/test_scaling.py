import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError
from glassnet.initializers import VarianceScaling, compute_fans


@pytest.mark.parametrize(
    ("shape", "fans"),
    [
        ((), (1, 1)),
        ((5,), (5, 5)),
        ((30, 16), (30, 16)),
        ((3, 8, 32), (24, 96)),
        ((3, 3, 8, 32), (72, 288)),
        ((2, 3, 4, 5, 6), (120, 144)),
    ],
)
def test_fans(shape, fans):
    assert compute_fans(shape) == fans


def test_fans_along_given_axes():
    assert compute_fans((8, 2, 3), input_axes=[0], output_axes=[1, 2]) == (8, 6)
    assert compute_fans((8, 2, 3), input_axes=[-1], output_axes=[0]) == (3, 8)


@pytest.mark.parametrize(("mode", "n"), [("fan_in", 180), ("fan_out", 360), ("fan_avg", 270)])
@pytest.mark.parametrize("distribution", ["truncated_normal", "untruncated_normal", "uniform", "normal"])
def test_the_variance_is_scale_over_n(mode, n, distribution):
    drawn = VarianceScaling(3.0, mode, distribution).draw((3, 3, 20, 40), np.random.default_rng(0))
    deviation = (3.0 / n) ** 0.5
    np.testing.assert_allclose(drawn.std(), deviation, rtol=0.03)
    furthest = {"uniform": 3**0.5, "untruncated_normal": 4.0}.get(distribution, 2 / 0.8796)
    np.testing.assert_allclose(np.abs(drawn).max(), furthest * deviation, rtol=0.15 if furthest == 4.0 else 0.01)


def test_the_axes_decide_when_given():
    drawn = VarianceScaling(2.0, "fan_in", input_axes=[0], output_axes=[1, 2]).draw(
        (100, 8, 25), np.random.default_rng(0)
    )
    np.testing.assert_allclose(drawn.std(), (2 / 100) ** 0.5, rtol=0.03)


def test_no_connections_count_as_one():
    assert VarianceScaling().draw((0, 3), np.random.default_rng(0)).shape == (0, 3)


def test_distribution_is_kept_under_its_full_name():
    assert VarianceScaling(distribution="Normal") == VarianceScaling(distribution="truncated_normal")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": -1.0}, "VarianceScaling expected `scale` as a number above 0. Received -1.0"),
        ({"scale": 0}, "expected `scale` as a number above 0"),
        ({"mode": "fan"}, "expected `mode` as one of 'fan_in', 'fan_out', 'fan_avg'. Received 'fan'"),
        ({"distribution": "gamma"}, "expected `distribution` as one of 'truncated_normal'"),
        ({"input_axes": [0]}, "expected `input_axes` and `output_axes` together"),
        ({"output_axes": [0]}, "expected `input_axes` and `output_axes` together"),
    ],
)
def test_arguments_that_cannot_work(arguments, message):
    with pytest.raises(ConfigError) as caught:
        VarianceScaling(**arguments)
    assert message in str(caught.value)
