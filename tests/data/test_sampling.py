"""sampling: weights and orders that even out classes of different sizes."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from glassnet.data import BalancedBatches, balanced_weights, class_counts, class_labels
from glassnet.foundation.errors import ConfigError, DataError

Y = np.array([0] * 90 + [1] * 8 + [2] * 2)
X = np.arange(100.0)[:, None]


def test_balanced_weights_are_those_of_scikit_learn():
    expected = compute_class_weight("balanced", classes=np.array([0, 1, 2]), y=Y)
    weights = balanced_weights(class_counts(Y))
    np.testing.assert_allclose(list(weights.values()), expected)
    np.testing.assert_allclose(np.mean([weights[label] for label in Y]), 1.0)
    with pytest.raises(DataError, match="at least one row of each class"):
        balanced_weights({0: 3, 1: 0})


@pytest.mark.parametrize(
    "y", [[1, 0, 2], [[1], [0], [2]], [1.0, 0.0, 2.0], np.eye(3)[[1, 0, 2]]], ids=["n", "n1", "float", "one-hot"]
)
def test_classes_are_read_from_any_shape(y):
    assert class_labels(np.array(y)).tolist() == [1, 0, 2]
    with pytest.raises(DataError, match="Expected a class number for each row"):
        class_labels(np.array([0.5, 1.0]))


def test_each_batch_holds_each_class_equally_often():
    batches = BalancedBatches(X, Y, batch_size=30)
    for x, y in batches:
        assert set(np.bincount(y, minlength=3)) <= {len(y) // 3, -(-len(y) // 3)}
        np.testing.assert_array_equal(Y[x[:, 0].astype(int)], y)
    assert len(batches) == 4 and sum(len(y) for _, y in batches) == 100


def test_a_row_comes_again_only_when_all_of_its_class_have():
    drawn = np.bincount(BalancedBatches(X, Y).order(0), minlength=100)
    assert drawn[Y == 0].max() == 1  # 33 or 34 of 90
    assert set(drawn[Y == 1]) <= {4, 5} and set(drawn[Y == 2]) <= {16, 17}
    assert drawn.sum() == 100


def test_the_order_follows_from_seed_and_epoch():
    one, same, other = BalancedBatches(X, Y), BalancedBatches(X, Y), BalancedBatches(X, Y, seed=1)
    np.testing.assert_array_equal(one.order(2), same.order(2))
    assert (one.order(2) != one.order(3)).any() and (one.order(2) != other.order(2)).any()
    seen = np.unique(np.concatenate([one.order(epoch) for epoch in range(20)]))
    assert len(seen) == 100  # rows of a common class that one epoch leaves out come in another


def test_nests_and_weights_are_picked_alike():
    batches = BalancedBatches({"a": X, "b": X + 1}, Y, sample_weight=X[:, 0])
    x, y, weight = next(iter(batches))
    np.testing.assert_array_equal(x["a"] + 1, x["b"])
    np.testing.assert_array_equal(weight, x["a"][:, 0])
    assert isinstance(next(iter(BalancedBatches([X, X], Y)))[0], list) and len(y) == 32


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"y": np.zeros(100)}, DataError, "at least two classes, to balance them. Received class 0 alone"),
        ({"y": Y[:9]}, DataError, "y has 9"),
        ({"y": X / 7}, DataError, "Expected a class number for each row"),
        ({"batch_size": 0}, ConfigError, "BalancedBatches expected `batch_size`"),
        ({"seed": -1}, ConfigError, "BalancedBatches expected `seed`"),
    ],
)
def test_arguments_that_cannot_work_are_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        BalancedBatches(**{"x": X, "y": Y, **arguments})
