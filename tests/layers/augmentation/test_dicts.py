"""Images in a dict: labels, masks and boxes that come with them; and labels that are mixed with images."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.errors import ConfigError, DataError, ShapeError
from glassnet.layers import Dense, Flatten
from glassnet.layers.augmentation import (
    CutMix,
    MixUp,
    RandomBrightness,
    RandomContrast,
    RandomFlip,
    RandomRotation,
    Resizing,
)
from glassnet.layers.augmentation.mixing import Mixed
from glassnet.optimizers import SGD

COUNT = 64
acted = jax.jit(
    lambda layer, given: layer(given, training=True, key=jax.random.key(0)),
    compiler_options={"xla_backend_optimization_level": 0},
)
X = np.random.default_rng(0).random((COUNT, 6, 5, 1)).astype("float32")
MASKS = (X > 0.5).astype("int32") + 3
LABELS = np.eye(COUNT, dtype="float32")


def test_labels_stay_and_masks_move_with_the_pixels():
    given = {"images": X, "labels": LABELS, "segmentation_masks": MASKS, "names": np.arange(COUNT)}
    moved = acted(RandomFlip(), given)
    np.testing.assert_array_equal(moved["segmentation_masks"], (np.asarray(moved["images"]) > 0.5) + 3)
    np.testing.assert_array_equal(moved["labels"], LABELS)
    np.testing.assert_array_equal(moved["names"], np.arange(COUNT))
    assert not np.array_equal(moved["images"], X)
    np.testing.assert_array_equal(given["images"], X)
    turned = acted(RandomRotation(0.2), {"images": X, "segmentation_masks": MASKS})
    assert turned["segmentation_masks"].dtype == "int32" and set(np.unique(turned["segmentation_masks"])) == {3, 4}
    sized = acted(Resizing(3, 3), {"images": X[0], "segmentation_masks": MASKS[0], "labels": LABELS[0]})
    assert sized["images"].shape == sized["segmentation_masks"].shape == (3, 3, 1) and sized["labels"].shape == (COUNT,)


def test_colours_leave_masks_and_boxes_and_what_moves_pixels_refuses_boxes():
    boxes = {"boxes": np.zeros((COUNT, 1, 4)), "labels": np.zeros((COUNT, 1))}
    given = {"images": X, "segmentation_masks": MASKS, "bounding_boxes": boxes}
    for layer in (RandomBrightness(0.2, bounding_box_format="xyxy"), RandomContrast(0.2)):
        done = layer(given)
        np.testing.assert_array_equal(done["segmentation_masks"], MASKS)
        np.testing.assert_array_equal(done["bounding_boxes"]["boxes"], boxes["boxes"])
    with pytest.raises(ConfigError, match=r"expected no bounding boxes, which it cannot move along"):
        RandomFlip()(given)


def test_outside_of_training_a_dict_passes_unchanged():
    done = MixUp(1.0)({"images": X, "labels": LABELS}, training=False)
    np.testing.assert_array_equal(done["images"], X)
    np.testing.assert_array_equal(done["labels"], LABELS)


def test_mixup_mixes_images_and_labels_in_one_proportion():
    mixed = acted(MixUp(0.7), {"images": X, "labels": LABELS})
    labels = np.asarray(mixed["labels"])
    np.testing.assert_allclose(labels.sum(1), 1, rtol=1e-6)
    np.testing.assert_allclose(mixed["images"], np.einsum("ij,jhwc->ihwc", labels, X), rtol=1e-5, atol=1e-6)
    others = labels - np.diag(np.diag(labels))
    assert ((others > 0).sum(1) <= 1).all() and sorted(others.argmax(1)[others.any(1)]) == sorted(
        set(others.argmax(1)[others.any(1)])
    )
    own = np.diag(labels)[others.any(1)]
    # Beta(α, α) has mean 1/2 and variance 1 / (4 (2 α + 1)).
    assert abs(own.mean() - 0.5) < 0.2 and abs(own.var() - 1 / (4 * 2.4)) < 0.06


def test_cutmix_puts_a_rectangle_of_another_image_in_and_counts_its_pixels():
    numbered = np.arange(COUNT, dtype="float32").reshape(-1, 1, 1, 1) + np.zeros_like(X)
    mixed = acted(CutMix((1, 1)), {"images": numbered, "labels": LABELS})
    images, labels = np.asarray(mixed["images"])[..., 0], np.asarray(mixed["labels"])
    assert len({label.tobytes() for label in labels}) == COUNT
    for row, (image, label) in enumerate(zip(images, labels, strict=True)):
        values, counts = np.unique(image, return_counts=True)
        assert set(values) <= {row, *np.flatnonzero(label)} and len(values) <= 2
        np.testing.assert_allclose(label[values.astype(int)], counts / image.size, rtol=1e-5)
        foreign = image != row
        rectangle = foreign.any(1)[:, None] & foreign.any(0)[None, :]
        np.testing.assert_array_equal(foreign, rectangle)
    assert np.asarray(images != np.arange(COUNT)[:, None, None]).any((1, 2)).sum() > COUNT / 2


def test_whole_number_columns_can_be_mixed_and_class_numbers_cannot():
    layer, share = MixUp(), np.linspace(0, 1, COUNT, dtype="float32")
    drawn = Mixed(np.arange(COUNT)[::-1], share, share[:, None, None, None])
    mixed = layer.change_labels(jnp.asarray(LABELS, "int32"), drawn)
    np.testing.assert_allclose(mixed, share[:, None] * LABELS + (1 - share[:, None]) * LABELS[::-1], rtol=1e-6)
    for labels in (np.arange(COUNT), np.arange(COUNT)[:, None]):
        with pytest.raises(DataError, match=r"Pass glassnet.utils.to_categorical"):
            layer.change_labels(labels, drawn)
    np.testing.assert_allclose(layer.change_labels(jnp.ones(COUNT), drawn), 1)
    with pytest.raises(DataError, match=r"expected one label an image, 64. Received labels of shape"):
        layer.change_labels(LABELS[:5], drawn)


def test_images_alone_are_refused_in_a_model_that_trains():
    assert not np.array_equal(acted(MixUp(0.7), {"images": X, "labels": LABELS})["images"], X)
    model = Sequential([Input((6, 5, 1)), CutMix(), Flatten(), Dense(1)])
    model.compile(SGD(), "mse")
    assert model.predict(X).shape == (COUNT, 1)
    with pytest.raises(ConfigError, match=r"inside a model the labels would stay as they are"):
        model.fit(X, np.ones(COUNT), verbose=0)
    assert MixUp().mixes_rows and CutMix().mixes_rows


def test_a_dict_without_images_and_pictures_without_channels_are_named():
    with pytest.raises(ConfigError, match=r"expected a dict with the images under 'images'. Received the keys 'image'"):
        RandomFlip()({"image": X})
    gray = np.zeros((9, 28, 28), "float32")
    with pytest.raises(
        ShapeError, match=r"would have 28 channels, on its last axis. For a batch of gray images pass x\["
    ):
        RandomFlip()(gray)
    with pytest.raises(ShapeError, match=r"28 channels, on its first axis. .* pass x\[:, None\]"):
        RandomRotation(0.1, data_format="channels_first")(np.zeros((28, 9, 28)))
    for shape in ((28, 28), (1, 2, 3, 4, 5)):
        with pytest.raises(ShapeError, match=r"expected images as .batch, height, width, channels."):
            Resizing(2, 2)(np.zeros(shape))
