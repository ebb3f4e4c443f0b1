import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.initializers import Orthogonal, RandomNormal, RandomUniform, TruncatedNormal

SHAPE = (200, 300)


def draw(initializer, shape=SHAPE):
    return initializer.draw(shape, np.random.default_rng(5))


def test_uniform_fills_its_range_evenly():
    drawn = draw(RandomUniform(-1.0, 3.0))
    assert -1 <= drawn.min() < -0.99 and 2.99 < drawn.max() <= 3
    np.testing.assert_allclose(np.quantile(drawn, [0.25, 0.5, 0.75]), [0, 1, 2], atol=0.03)


def test_normal_has_the_quantiles_of_a_bell_curve():
    drawn = draw(RandomNormal(2.0, 0.5))
    np.testing.assert_allclose(np.quantile((drawn - 2) / 0.5, [0.02275, 0.5, 0.97725]), [-2, 0, 2], atol=0.03)
    assert draw(RandomNormal(2.0, 0.0), (3,)).tolist() == [2.0, 2.0, 2.0]


def test_truncated_normal_has_no_tails_and_the_spread_that_leaves():
    drawn = (draw(TruncatedNormal(2.0, 0.5)) - 2) / 0.5
    assert 1.99 < np.abs(drawn).max() <= 2 + 1e-5
    np.testing.assert_allclose(drawn.std(), 0.8796, atol=0.005)
    np.testing.assert_allclose((np.abs(drawn) < 1).mean(), 0.6827 / 0.9545, atol=0.005)


@pytest.mark.parametrize("initializer", [RandomUniform(), RandomNormal(), TruncatedNormal()], ids=repr)
@pytest.mark.parametrize("shape", [(), (0, 3), (1,)])
def test_small_shapes(initializer, shape):
    assert draw(initializer, shape).shape == shape


@pytest.mark.parametrize("shape", [(5, 5), (7, 4), (4, 7), (3, 2, 4)])
def test_orthogonal_rows_or_columns(shape):
    matrix = draw(Orthogonal(2.0), shape).reshape(-1, shape[-1])
    small = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-5)


def test_orthogonal_favours_no_direction():
    """Without the signs of R's diagonal the first entry would always be negative."""
    generator = np.random.default_rng(0)
    firsts = np.array([Orthogonal().draw((3, 3), generator)[0, 0] for _ in range(400)])
    assert abs((firsts > 0).mean() - 0.5) < 0.1


def test_orthogonal_is_a_matrix():
    with pytest.raises(ShapeError, match=r"Orthogonal expected a weight with 2 axes or more\. Received shape \(3,\)"):
        draw(Orthogonal(), (3,))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomNormal(stddev=-1), "RandomNormal expected `stddev` as a number from 0 up. Received -1"),
        (lambda: TruncatedNormal(stddev=-0.1), "TruncatedNormal expected `stddev` as a number from 0 up"),
        (lambda: RandomNormal(mean="a"), "RandomNormal expected `mean` as a number. Received 'a'"),
        (lambda: RandomNormal(mean=float("nan")), "RandomNormal expected `mean` as a number. Received nan"),
        (lambda: RandomUniform(1.0, 0.0), "`maxval` at or above `minval`. Received minval=1.0 and maxval=0.0"),
        (lambda: Orthogonal(gain=None), "Orthogonal expected `gain` as a number"),
    ],
)
def test_arguments_that_cannot_work(make, message):
    with pytest.raises(ConfigError) as caught:
        make()
    assert message in str(caught.value)
