"""checks: mistakes that would train silently stop before the first step, and what is right passes."""

import numpy as np
import pytest

from glassnet import losses
from glassnet.foundation.errors import ConfigError, DataError, ShapeError
from glassnet.training.checks import check_targets, out_of_reach, wrong_link

SPARSE, HOT, BINARY = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"


@pytest.mark.parametrize(
    ("loss", "y", "shape"),
    [
        (SPARSE, [0, 1, 2], (None, 3)),
        (SPARSE, [[0.0], [2.0]], (None, 3)),
        (SPARSE, [[0, 1], [2, 2]], (None, 2, 3)),
        (losses.SparseCategoricalCrossentropy(ignore_class=-1), [0, -1, 2], (None, 3)),
        (losses.SparseCategoricalCrossentropy(ignore_class=255), [0, 255], (None, 3)),
        (HOT, np.eye(3), (None, 3)),
        (BINARY, [0, 1, 0.25], (None, 1)),
        (BINARY, [True, False], (None, 1)),
        ("mse", [-7.5, 1e6], (None, 1)),
        (HOT, [[[0, 1], [0, 0]]], (None, 2, 2)),  # a position that counts for nothing
        (HOT, [[0.9, 0.1]], (None, 2)),
        ("hinge", [-1, 1], (None, 1)),
    ],
)
def test_what_fits_passes(loss, y, shape):
    check_targets(losses.get(loss), np.array(y), shape)


@pytest.mark.parametrize(
    ("loss", "y", "shape", "error", "words"),
    [
        (SPARSE, [0, 3, 3], (None, 3), DataError, r"0 to 2.*3 outputs; received 3 in row 1 \(2 such labels\)"),
        (SPARSE, [0, -1], (None, 3), DataError, "received -1 in row 1"),
        (SPARSE, [0, 1.5], (None, 3), DataError, r"received 1.5 in row 1. For a number to predict use loss='mse'"),
        (SPARSE, [[0, 1], [2, 9]], (None, 2, 3), DataError, "received 9 in row 1"),
        (losses.SparseCategoricalCrossentropy(ignore_class=-1), [-2, -1], (None, 3), DataError, "received -2 in row 0"),
        (HOT, [0, 1, 2], (None, 3), ShapeError, "use loss='sparse_categorical_crossentropy'"),
        (BINARY, [0, 255], (None, 1), DataError, r"0 to 1 for a binary loss; received 255 in row 1 \(1 such values\)"),
        (BINARY, [[0, 1], [-1, 0]], (None, 2), DataError, "received -1 in row 1"),
        (BINARY, [[0.0, 255.0]], (None, 2), DataError, "Divide the targets by 255"),
        (
            HOT,
            [[0, 1, 1], [1, 0, 0]],
            (None, 3),
            DataError,
            r"a sum of 2 in row 0 \(1 such rows\). Where a row may belong",
        ),
        (HOT, [[0, 1], [0, 255]], (None, 2), DataError, "a sum of 255 in row 1.*Divide the targets by 255"),
        (HOT, [[0, 1], [0, 0]], (None, 2), DataError, "a sum of 0 in row 1"),
    ],
)
def test_targets_that_the_loss_cannot_mean_are_named_by_row(loss, y, shape, error, words):
    with pytest.raises(error, match=words):
        check_targets(losses.get(loss), np.array(y), shape)


@pytest.mark.parametrize(
    ("loss", "link", "width", "activation"),
    [
        (BINARY, "sigmoid", 1, "sigmoid"),
        (SPARSE, "softmax", 3, "softmax"),
        (losses.BinaryCrossentropy(from_logits=True), None, 1, "linear"),
        (BINARY, None, 1, None),  # a model of one's own, of which nothing is known
        (BINARY, None, 1, "hard_sigmoid"),
        ("mse", None, 1, "relu"),
        (losses.BinaryCrossentropy(from_logits=True), None, 1, "gelu"),
        ("mse", "softmax", 3, "softmax"),
    ],
)
def test_a_last_layer_that_gives_what_the_loss_reads_passes(loss, link, width, activation):
    assert not list(wrong_link(losses.get(loss), link, (None, width), activation))


@pytest.mark.parametrize(
    ("loss", "link", "width", "activation", "words"),
    [
        (BINARY, "softmax", 1, "softmax", "whose softmax is always 1"),
        (
            losses.BinaryCrossentropy(from_logits=True),
            "sigmoid",
            1,
            "sigmoid",
            "Remove the sigmoid from the last layer",
        ),
        (losses.SparseCategoricalCrossentropy(from_logits=True), "softmax", 3, "softmax", "from_logits=True says"),
        ("mse", "softmax", 1, "softmax", "whose softmax is always 1"),
        (losses.BinaryCrossentropy(from_logits=True), None, 1, "relu", "Leave its activation out"),
        (SPARSE, "sigmoid", 3, "sigmoid", "sum to 1 over the classes; received the output of a sigmoid"),
        (BINARY, None, 1, "relu", r"activation 'relu'. Give it activation='sigmoid'"),
        (SPARSE, None, 3, "linear", r"activation 'linear'. Give it activation='softmax', or tell the loss"),
        (HOT, None, 3, "tanh", "activation='softmax'"),
    ],
)
def test_logits_and_probabilities_are_not_mistaken_for_each_other(loss, link, width, activation, words):
    with pytest.raises(ConfigError, match=words):
        raise next(wrong_link(losses.get(loss), link, (None, width), activation)).error


@pytest.mark.parametrize(
    ("loss", "y", "final"),
    [
        ("mse", [0.0, 0.5, 1.0005], "sigmoid"),
        ("mse", [0, 0.5, 0.9, 0.8, 1.1], "sigmoid"),  # one of five a little beyond: no reason to stop
        ("mse", [-1, 1], "tanh"),
        ("mse", [0, 1e6], "relu"),
        ("hinge", [-1, 1], "sigmoid"),
        ("mse", [-5, 300], "linear"),
        ("mse", [-5, 300], None),
        ("huber", [-0.5, 0.5], "relu"),  # in part out of reach: fit says so and trains
        ("mse", [-3, -2], "relu"),
        ("mae", [-1, 1], "sigmoid"),
    ],
)
def test_targets_within_reach_of_the_last_activation_pass(loss, y, final):
    check_targets(losses.get(loss), np.array(y), (None, 1), final)


@pytest.mark.parametrize(
    ("loss", "y", "final", "words"),
    [
        ("mse", [0, 128, 255], "sigmoid", "from 0 to 1.*the last layer's sigmoid.*divide them by 255"),
        ("mse", [0] * 99 + [255], "sigmoid", "received 255 in row 99"),
        ("mae", [-1, 2], "sigmoid", "received -1 in row 0"),
        ("mse", [-3, 3], "tanh", "from -1 to 1"),
    ],
)
def test_targets_out_of_reach_of_the_last_activation_are_named(loss, y, final, words):
    with pytest.raises(DataError, match=words):
        check_targets(losses.get(loss), np.array(y), (None, 1), final)


@pytest.mark.parametrize(
    ("y", "final", "grave"),
    [
        ([-0.5, 0.5], "relu", [False]),
        ([-3, -2], "softplus", [False]),  # it has no upper end: the loss falls towards 0 and is defined all along
        ([-1, 1], "sigmoid", [False]),
        ([-1, 0.5, 2] * 3 + [-1], "tanh", [False]),
        ([-2] * 9 + [0], "tanh", [True]),
        ([50, 60], "sigmoid", [True]),
        ([0, 1], "relu", []),
    ],
)
def test_targets_partly_out_of_reach_are_told_of_and_are_grave_only_where_hardly_one_can_be_met(y, final, grave):
    found = list(out_of_reach(losses.get("mse"), np.array(y, float), final))
    assert [wrong.grave for wrong in found] == grave
    assert all(wrong.kind == "target_scale" and f"last layer's {final}" in str(wrong.error) for wrong in found)
