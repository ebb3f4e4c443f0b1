"""Shapes: what goes together, and an error with advice for what does not."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import losses
from glassnet.foundation.errors import ShapeError
from glassnet.losses.pairing import pair, pair_labels

BY_SHAPE = [
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "huber",
    "log_cosh",
    "cosine_similarity",
    "binary_crossentropy",
    "categorical_crossentropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
    "kl_divergence",
    "poisson",
    "hinge",
    "squared_hinge",
    "categorical_hinge",
    "dice",
    "tversky",
]
WRONG = [((4,), (4, 3)), ((4, 1), (4, 3)), ((4, 2), (4, 3)), ((4, 3), (4, 1)), ((3, 3), (4, 3)), ((4, 3, 1, 1), (4, 3))]


@pytest.mark.parametrize("name", BY_SHAPE)
def test_shapes_that_would_broadcast_are_refused(name):
    for targets, outputs in WRONG:
        with pytest.raises(ShapeError) as told:
            getattr(losses, name)(np.zeros(targets), np.zeros(outputs))
        message = str(told.value)
        for shape in (targets, outputs):
            assert str(shape) in message
        assert name in message


@pytest.mark.parametrize(
    ("targets", "outputs", "advice"),
    [
        ((4,), (4, 3), "one-hot targets of width 3"),
        ((4, 1), (4, 3), "use the sparse kind"),
        ((4, 1), (4, 3), "Dense\\(1\\)"),
        ((4, 2), (4, 3), "as many units as a target has numbers: 2"),
        ((3, 3), (4, 3), "one target for each row"),
        ((4, 5, 6), (4, 3), "Reshape the targets"),
    ],
)
def test_the_message_says_what_to_do(targets, outputs, advice):
    with pytest.raises(ShapeError, match=advice):
        losses.MeanSquaredError()(np.zeros(targets), np.zeros(outputs))


@pytest.mark.parametrize(
    ("targets", "outputs", "common"),
    [
        ((4,), (4, 1), (4, 1)),
        ((4, 1), (4,), (4, 1)),
        ((4, 2, 1), (4, 2), (4, 2)),
        ((4, 2), (4, 2, 1), (4, 2)),
        ((4,), (4,), (4,)),
    ],
)
def test_an_axis_of_one_is_added_or_dropped(targets, outputs, common):
    y_true, y_pred = pair(np.zeros(targets, "int64"), np.zeros(outputs), "A test")
    assert y_true.shape == y_pred.shape == common
    assert y_true.dtype == y_pred.dtype == jnp.float32


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_labels_lose_their_axis(shape):
    labels, _ = pair_labels(np.ones(shape), np.zeros((4, 3)), "A test")
    assert labels.shape == (4,) and labels.dtype == jnp.int32


@pytest.mark.parametrize(
    ("targets", "outputs", "advice"),
    [((4, 3), (4, 3), "one-hot"), ((3,), (4, 3), "one whole number a row"), ((4,), (4, 1), "binary_crossentropy")],
)
def test_labels_that_do_not_fit_are_told(targets, outputs, advice):
    for loss in (losses.sparse_categorical_crossentropy, losses.SparseCategoricalCrossentropy()):
        with pytest.raises(ShapeError, match=advice):
            loss(np.zeros(targets, "int32"), np.zeros(outputs))


def test_one_class_is_refused_where_nothing_could_be_learnt():
    with pytest.raises(ShapeError, match="two or more outputs"):
        losses.CategoricalCrossentropy()(np.ones((4, 1)), np.ones((4, 1)))


def test_circle_wants_a_label_for_each_embedding():
    with pytest.raises(ShapeError, match="embeddings"):
        losses.circle(np.zeros(3), np.zeros((4, 2)))
