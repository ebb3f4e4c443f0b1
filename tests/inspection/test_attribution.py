"""saliency, integrated_gradients, smooth_grad: against closed forms, differences, and their own axioms."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.inspection import integrated_gradients, saliency, smooth_grad
from glassnet.layers import Concatenate, Dense, Embedding, Flatten

W, B = np.array([[2.0], [-3.0], [0.5]], "float32"), np.array([0.25], "float32")  # those of the fixture `linear`


def slopes_by_differences(function, x, step=1e-5):
    """dS/dx by central differences, S = function(x), one number a row."""
    x = np.asarray(x, np.float64)
    found = np.zeros_like(x)
    for place in np.ndindex(*x.shape[1:]):
        moved = np.zeros_like(x)
        moved[(slice(None), *place)] = step
        found[(slice(None), *place)] = (function(x + moved) - function(x - moved)) / (2 * step)
    return found


def test_the_slopes_of_a_line_are_its_weights(linear, table):
    found = saliency(linear, table)
    np.testing.assert_allclose(found.values, np.tile(W.T, (40, 1)), rtol=1e-6)
    np.testing.assert_allclose(found.scores, (table @ W + B)[:, 0], rtol=1e-5)
    np.testing.assert_allclose(found.overall(), np.abs(W[:, 0]), rtol=1e-6)


@pytest.mark.parametrize("of", ["output", "logits"])
def test_slopes_agree_with_central_differences(curved, table, of):
    model, outputs, logits = curved
    function = outputs if of == "output" else logits
    target = function(table).argmax(axis=1)
    found = saliency(model, table, of=of)
    assert (found.target == target).all()
    wanted = slopes_by_differences(lambda x: function(x)[np.arange(40), target], table)
    np.testing.assert_allclose(found.values, wanted, rtol=2e-4, atol=2e-6)


def test_a_target_may_be_given_for_all_rows_or_each(curved, table):
    model, outputs, _ = curved
    wanted = slopes_by_differences(lambda x: outputs(x)[:, 2], table)
    np.testing.assert_allclose(saliency(model, table, 2).values, wanted, rtol=2e-4, atol=2e-6)
    each = np.arange(40) % 3
    np.testing.assert_allclose(saliency(model, table, each).values[2], wanted[2], rtol=2e-4, atol=2e-6)
    np.testing.assert_allclose(saliency(model, table, (2,)).values, wanted, rtol=2e-4, atol=2e-6)


def test_the_parts_of_a_line_are_weight_times_distance(linear, table):
    found = integrated_gradients(linear, table, baseline="mean", steps=3)
    np.testing.assert_allclose(found.values, (table - table.mean(axis=0)) * W[:, 0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("baseline", ["zeros", "mean", 0.5, [1.0, 0.0, -1.0]])
def test_the_parts_add_up_to_the_difference_from_the_baseline(curved, table, baseline):
    model, outputs, _ = curved
    start = (
        {"zeros": np.zeros(3), "mean": table.mean(axis=0)}.get(baseline, baseline)
        if isinstance(baseline, str)
        else baseline
    )
    start = np.broadcast_to(np.asarray(start, np.float32), table.shape)
    found = integrated_gradients(model, table, 1, baseline=baseline)
    whole = outputs(table)[:, 1] - outputs(start)[:, 1]
    np.testing.assert_allclose(found.values.sum(axis=1), whole, atol=2e-6)
    np.testing.assert_allclose(found.gap, found.values.sum(axis=1) - whole, atol=1e-6)
    np.testing.assert_allclose(found.baseline_scores, outputs(start)[:, 1], atol=1e-6)


def test_too_few_steps_show_in_the_gap(curved, table):
    rough = integrated_gradients(curved[0], 6 * table, 0, steps=1)
    assert np.abs(rough.gap).max() > 100 * np.abs(integrated_gradients(curved[0], 6 * table, 0, steps=60).gap).max()


def test_noise_changes_nothing_on_a_line_and_smooths_a_curve(linear, curved, table):
    np.testing.assert_allclose(smooth_grad(linear, table, samples=3).values, np.tile(W.T, (40, 1)), rtol=1e-5)
    model, outputs, _ = curved
    draws = np.random.default_rng(7).normal(size=(4000, 3)) * 0.3 * np.ptp(table)
    around = slopes_by_differences(lambda x: outputs(x)[:, 1], table[:1] + draws).mean(axis=0)
    found = smooth_grad(model, table, 1, noise=0.3, samples=600, seed=5).values[0]
    np.testing.assert_allclose(found, around, atol=0.012)
    again = smooth_grad(model, table[:4], 1, samples=2, seed=5).values
    assert (again == smooth_grad(model, table[:4], 1, samples=2, seed=5).values).all()
    assert (again != smooth_grad(model, table[:4], 1, samples=2, seed=6).values).any()


def test_without_noise_it_is_the_saliency(curved, table):
    np.testing.assert_allclose(
        smooth_grad(curved[0], table, noise=0.0, samples=1).values, saliency(curved[0], table).values
    )


def test_words_are_explained_by_their_vectors(text):
    model, rows = text
    found = integrated_gradients(model, rows, layer="embedding")
    assert found.values.shape == (4, 6, 4) and found.layer == "embedding"
    np.testing.assert_allclose(found.scores, model.predict(rows)[:, 0], atol=1e-6)
    np.testing.assert_allclose(found.values.sum(axis=(1, 2)), found.scores - found.baseline_scores, atol=1e-6)
    np.testing.assert_allclose(found.by_position(1), found.values[1].sum(axis=1))
    assert np.abs(found.values).max() > 1e-4 and np.ptp(found.baseline_scores) == 0
    slopes = saliency(model, rows, layer="embedding")
    table = np.asarray(model.get_layer("embedding").embeddings)
    try:
        model.get_layer("embedding").set_weights([0 * table])
        np.testing.assert_allclose(found.baseline_scores, model.predict(rows)[:, 0], atol=1e-6)
        moved = table.copy()
        moved[rows[0, 2], 1] += 1e-2
        model.get_layer("embedding").set_weights([moved])
        times = (rows[0] == rows[0, 2]) @ slopes.values[0, :, 1]
        difference = (model.predict(rows[:1])[0, 0] - found.scores[0]) / 1e-2
        np.testing.assert_allclose(times, difference, rtol=0.02, atol=2e-5)
    finally:
        model.get_layer("embedding").set_weights([table])
    np.testing.assert_allclose(slopes.by_position(1), np.linalg.norm(slopes.values[1], axis=1), rtol=1e-5)
    assert ">w3<" in found.plot(1, [f"w{i}" for i in range(6)]).svg


def test_a_model_with_several_inputs_has_values_for_each():
    a, b = Input((2,), name="a"), Input((3,), name="b")
    model = Model([a, b], Dense(1)(Concatenate()([a, b])), seed=0)
    rows = {"a": np.ones((4, 2), "float32"), "b": np.full((4, 3), 2.0, "float32")}
    weights = np.asarray(model.get_weights()[0])[:, 0]
    found = integrated_gradients(model, rows)
    np.testing.assert_allclose(found.values["a"], np.tile(weights[:2], (4, 1)), rtol=1e-5)
    np.testing.assert_allclose(found.values["b"], np.tile(2 * weights[2:], (4, 1)), rtol=1e-5)
    assert np.abs(found.gap).max() < 1e-5
    with pytest.raises(ConfigError, match="several inputs"):
        found.plot()


def test_one_of_several_outputs_is_named():
    x = Input((2,))
    model = Model(x, {"low": Dense(1)(x), "high": Dense(2)(x)}, seed=0)
    rows = np.ones((3, 2), "float32")
    kernel = np.asarray(model.get_layer("dense_1").kernel)
    np.testing.assert_allclose(saliency(model, rows, 1, output="high").values[0], kernel[:, 1], rtol=1e-6)
    with pytest.raises(ConfigError, match="output='"):
        saliency(model, rows)
    with pytest.raises(ConfigError, match=r"[Dd]id you mean"):
        saliency(model, rows, output="hihg")


@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_whole_numbers_that_are_looked_up_are_explained_by_their_vectors(dtype):
    model = Sequential([Input((3,)), Embedding(9, 2), Flatten(), Dense(1)], seed=0)
    rows = np.array([[1, 2, 3], [4, 4, 0]], dtype)
    for method in (saliency, integrated_gradients, smooth_grad):
        found = method(model, rows)
        assert found.layer == "embedding" and found.values.shape == (2, 3, 2)
        np.testing.assert_array_equal(found.values, method(model, rows, layer="embedding").values)
    assert found.plot(names=["a", "b", "c"]).svg


def test_of_several_embeddings_one_is_to_be_chosen():
    words = Input((3,), dtype="int32")
    both = Concatenate()([Embedding(9, 2, name="here")(words), Embedding(9, 2, name="there")(words)])
    model = Model(words, Dense(1)(Flatten()(both)), seed=0)
    with pytest.raises(ConfigError, match="layer='here'"):
        saliency(model, np.ones((2, 3), "int32"))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"layer": "desne"}, ConfigError, "'dense'"),
        ({"target": 3}, ConfigError, "from 0 to 2"),
        ({"target": [0, 1]}, DataError, "40 rows"),
        ({"target": (0, 1)}, ConfigError, "Count each from 0"),
        ({"of": "logit"}, ConfigError, "'logits'"),
    ],
)
def test_wrong_questions_are_named(curved, table, arguments, error, words):
    with pytest.raises(error, match=words):
        saliency(curved[0], table, **arguments)


def test_other_mistakes_are_named(curved, table):
    with pytest.raises(ConfigError, match="baseline"):
        integrated_gradients(curved[0], table, baseline=np.zeros(5))
    with pytest.raises(ConfigError, match="'mean'"):
        integrated_gradients(curved[0], table, baseline="middle")
    with pytest.raises(ConfigError, match="noise"):
        smooth_grad(curved[0], table, noise=-1)
    with pytest.raises(ConfigError, match="from 0 to 39"):
        saliency(curved[0], table).plot(40)


def test_images_stand_beside_their_values(pictures):
    model, images = pictures
    found = integrated_gradients(model, images, steps=4)
    picture = found.plot(2)
    assert len(picture.panels) == 2 and ET.fromstring(found._repr_svg_()) is not None
    np.testing.assert_allclose(picture.numbers["values"], found.values[2])
