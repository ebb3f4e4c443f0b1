"""What every layer over images promises; a new one passes by a row in `TABLE`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Model, Sequential, load_model
from glassnet.foundation.errors import RandomKeyError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import deserialize, serialize
from glassnet.layers import Dense, Flatten, augmentation
from glassnet.layers.augmentation import (
    CenterCrop,
    CutMix,
    MixUp,
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomTranslation,
    RandomZoom,
    Resizing,
)
from glassnet.optimizers import SGD

ORACLE = json.loads((Path(__file__).parents[2] / "oracles" / "augmentation.json").read_text(encoding="utf-8"))

LAST, FIRST = (5, 4, 2), (2, 5, 4)
TABLE: dict[str, tuple[Callable[[], Layer], tuple[int, ...], tuple[int, ...]]] = {
    "CenterCrop": (lambda: CenterCrop(3, 2), LAST, (3, 2, 2)),
    "CenterCrop, channels first": (lambda: CenterCrop(3, 2, "channels_first"), FIRST, (2, 3, 2)),
    "CutMix": (lambda: CutMix((0.5, 1), seed=1), LAST, LAST),
    "MixUp": (lambda: MixUp(0.4, seed=1), LAST, LAST),
    "RandomBrightness": (lambda: RandomBrightness(0.3, value_range=[-1, 1]), LAST, LAST),
    "RandomContrast": (lambda: RandomContrast([0.2, 0.4], (-1, 1), bounding_box_format="xyxy"), LAST, LAST),
    "RandomCrop": (lambda: RandomCrop(3, 2, seed=1), LAST, (3, 2, 2)),
    "RandomCrop, channels first": (lambda: RandomCrop(4, 4, data_format="channels_first"), FIRST, (2, 4, 4)),
    "RandomErasing": (lambda: RandomErasing((1, 1), scale=(0.2, 0.5), value_range=(-1, 1)), LAST, LAST),
    "RandomErasing, values": (lambda: RandomErasing(0.5, fill_value=(0.1, 0.2)), LAST, LAST),
    "RandomFlip": (lambda: RandomFlip(), LAST, LAST),
    "RandomFlip, channels first": (lambda: RandomFlip("vertical", data_format="channels_first"), FIRST, FIRST),
    "RandomRotation": (lambda: RandomRotation(0.2, "wrap", seed=3), LAST, LAST),
    "RandomRotation, channels first": (lambda: RandomRotation([0.1, 0.2], data_format="channels_first"), FIRST, FIRST),
    "RandomShear": (lambda: RandomShear(0.3, [0.1, 0.2], "nearest", "constant", 1.5), LAST, LAST),
    "RandomTranslation": (lambda: RandomTranslation(0.3, (-0.1, 0.2), "constant", fill_value=0.5), LAST, LAST),
    "RandomZoom": (lambda: RandomZoom(1.0, interpolation="nearest"), LAST, LAST),
    "RandomZoom, both ways": (lambda: RandomZoom((-0.2, 0.3), 0.1, "nearest"), LAST, LAST),
    "Resizing": (lambda: Resizing(3, 6, "bicubic", crop_to_aspect_ratio=True), LAST, (3, 6, 2)),
    "Resizing, channels first": (
        lambda: Resizing(6, 3, antialias=True, data_format="channels_first"),
        FIRST,
        (2, 6, 3),
    ),
}
SIZED = {"CenterCrop", "RandomCrop", "Resizing"}
MIXED = {"CutMix", "MixUp"}
BATCH, KEY = 16, jax.random.key(0)

of_each = pytest.mark.parametrize(("make", "shape", "out"), TABLE.values(), ids=TABLE)
# Compiled in haste: what is run once need not run fast.
acted = jax.jit(
    lambda layer, x, key: layer(x, training=True, key=key),
    compiler_options={"xla_backend_optimization_level": 0},
)


def wave(shape: Any, start: int = 0) -> np.ndarray:
    """The same numbers that the oracle was asked with."""
    return np.sin(np.arange(np.prod(shape), dtype="float64") ** 2 + start).reshape(shape).astype("float32")


def test_every_public_layer_of_the_room_has_a_row() -> None:
    assert {getattr(augmentation, name) for name in augmentation.__all__} == {type(row[0]()) for row in TABLE.values()}
    for name in augmentation.__all__:
        assert layer_registry.find(name) is getattr(augmentation, name)


@pytest.mark.parametrize("case", ORACLE["layers"], ids=[f"{c['layer']} {i}" for i, c in enumerate(ORACLE["layers"])])
def test_with_nothing_left_to_chance_the_numbers_are_keras_numbers(case: Any) -> None:
    layer = layer_registry.find(case["layer"])(**case["settings"])
    y = layer(wave(case["input"]), training=True)
    assert list(y.shape) == case["shape"] and y.dtype == jnp.float32
    np.testing.assert_allclose(np.ravel(y), case["output"], rtol=2e-5, atol=2e-5)


def test_contrast_and_shear_are_those_of_keras_for_what_was_drawn() -> None:
    (contrast,) = ORACLE["contrast"]
    x = wave(contrast["shape"])
    y = RandomContrast(0.5, value_range=(-2, 2)).change(x, jnp.float32(contrast["factor"]))
    np.testing.assert_allclose(np.ravel(y), contrast["output"], rtol=2e-5, atol=2e-5)
    across, down = ORACLE["shear"][0]["factors"]
    both = np.asarray(RandomShear((across, across), (down, down), seed=0)(np.repeat(x[:1], 16, 0), training=True))
    known = [np.reshape(case["output"], case["shape"])[0] for case in ORACLE["shear"]]
    signs = [next(i for i, image in enumerate(known) if np.allclose(seen, image, atol=2e-5)) for seen in both]
    assert set(signs) == {0, 1}


@of_each
def test_the_output_has_the_declared_shape(make: Any, shape: Any, out: Any) -> None:
    layer = make()
    y = acted(layer, wave((BATCH, *shape)), KEY)
    assert y.shape == (BATCH, *out) and y.dtype == jnp.float32 and np.isfinite(y).all()
    assert layer.compute_output_shape((None, *shape)) == (None, *out)
    assert layer.compute_output_shape(shape) == out
    sized = layer.compute_output_shape({"images": (None, *shape), "labels": (None, 3)})
    assert sized == {"images": (None, *out), "labels": (None, 3)}
    assert layer.weights == [] and not layer.supports_masking


@of_each
def test_outside_of_training_images_pass_unchanged(make: Any, shape: Any, out: Any) -> None:
    layer = make()
    pixels = np.random.default_rng(0).integers(0, 255, (BATCH, *shape)).astype("uint8")
    y = layer(pixels, training=False)
    if type(layer).__name__ not in SIZED:
        np.testing.assert_array_equal(y, pixels)
    assert y.shape == (BATCH, *out) and y.dtype == ("uint8" if isinstance(layer, Resizing) else "float32")


@of_each
def test_the_configuration_goes_through_json_and_back(make: Any, shape: Any, out: Any) -> None:
    layer = make()
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert again.get_config() == config and again._identity() == layer._identity()
    assert deserialize(json.loads(json.dumps(serialize(layer)))).get_config() == config


@of_each
def test_a_draw_follows_from_the_key_and_each_image_has_its_own(make: Any, shape: Any, out: Any) -> None:
    layer, x = make(), np.repeat(wave((1, *shape)), BATCH, 0)
    if type(layer).__name__ in MIXED:
        x += np.arange(BATCH, dtype="float32").reshape(-1, 1, 1, 1)
    y = acted(layer, x, KEY)
    np.testing.assert_array_equal(acted(make(), x, KEY), y)
    if type(layer).__name__ in {"CenterCrop", "Resizing"} or out == (2, 4, 4):  # a crop that has but two places
        return
    assert not np.array_equal(acted(layer, x, jax.random.key(1)), y)
    assert len({image.tobytes() for image in np.asarray(y)}) > 1


def test_one_image_is_a_batch_of_one() -> None:
    for make, shape, out in (TABLE["RandomCrop"], TABLE["RandomFlip, channels first"], TABLE["RandomErasing, values"]):
        one = acted(make(), wave(shape), KEY)
        assert one.shape == out
        np.testing.assert_array_equal(one, acted(make(), wave(shape)[None], KEY)[0])


@of_each
def test_it_runs_inside_the_compiled_step_without_asking_the_host(make: Any, shape: Any, out: Any) -> None:
    layer, x = make(), wave((BATCH, *shape))
    program = str(jax.make_jaxpr(lambda x, key: layer(x, training=True, key=key))(x, KEY))
    assert "callback" not in program
    if getattr(layer, "seed", 0) is None and "random" in program:
        with pytest.raises(RandomKeyError, match="Pass one to the outermost call"):
            jax.eval_shape(lambda x: layer(x, training=True), x)


def test_saved_in_a_model_they_predict_the_same(tmp_path: Any) -> None:
    layers = [make() for make, _, out in TABLE.values() if out == LAST]
    x = wave((BATCH, *LAST))
    model = Sequential([Input(LAST), *layers, RandomCrop(4, 3), Resizing(5, 5), CenterCrop(2, 2), Flatten(), Dense(1)])
    model.save(tmp_path / "model.glass")
    loaded = load_model(tmp_path / "model.glass")
    assert [item.get_config() for item in loaded.layers] == [item.get_config() for item in model.layers]
    np.testing.assert_array_equal(loaded.predict(x), model.predict(x))


def test_called_by_hand_it_acts_unless_told_otherwise_and_in_a_model_the_model_decides() -> None:
    x, down = wave((2, *LAST)), RandomTranslation((0.2, 0.2), 0, "constant")
    np.testing.assert_array_equal(np.asarray(down(x))[:, 1:], x[:, :-1])
    inputs = Input(LAST)
    for model in (Sequential([Input(LAST), RandomTranslation((0.2, 0.2), 0)]), Model(inputs, down(inputs))):
        np.testing.assert_array_equal(model(x), x)
        np.testing.assert_array_equal(model.predict(x), x)
        np.testing.assert_array_equal(np.asarray(model(x, training=True))[:, 1:], x[:, :-1])


def test_bytes_may_come_from_a_symbolic_input() -> None:
    pixels = Input(LAST, dtype="uint8")
    assert RandomFlip()(pixels).dtype == "float32" and Resizing(2, 2)(pixels).dtype == "uint8"


def test_fit_draws_anew_in_each_epoch_and_the_seed_repeats_it_all() -> None:
    x, y = wave((8, *LAST)), np.arange(8.0)

    def losses(*layers: Layer) -> list[float]:
        model = Sequential([Input(LAST), *layers, Flatten(), Dense(1)], seed=0)
        model.compile(SGD(1e-30), "mse")  # so small a rate that only the images change
        return model.fit(x, y, batch_size=4, epochs=4, verbose=0).history["loss"]

    moved = losses(RandomTranslation(0.4, 0.4))
    assert len({round(value, 5) for value in moved}) == 4
    assert moved == losses(RandomTranslation(0.4, 0.4))
    assert len({round(value, 5) for value in losses()}) == 1
