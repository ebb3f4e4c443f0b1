"""The translator as a model: padding, two inputs, and that it learns."""

import json

import numpy as np
import pytest

from glassnet import load_model
from glassnet.foundation.errors import ConfigError, DataError, GlassnetError, ShapeError
from glassnet.losses import SparseCategoricalCrossentropy
from glassnet.models.language import Translator
from glassnet.optimizers import Adam


def small(**settings):
    sizes = {"source_vocabulary": 7, "target_vocabulary": 9, "source_length": 4, "target_length": 5}
    return Translator(**{**sizes, "width": 8, "depth": 1, "heads": 2, "seed": 1, **settings})


MODEL = small()


def test_padding_changes_nothing():
    short = MODEL.predict([np.array([[3, 4]]), np.array([[1, 5]])])
    long = MODEL.predict([np.array([[3, 4, 0, 0]]), np.array([[1, 5, 0]])])
    np.testing.assert_allclose(long[:, :2], short, rtol=1e-4, atol=1e-5)
    other = MODEL.predict([np.array([[3, 5]]), np.array([[1, 5]])])
    assert np.abs(other - short).max() > 1e-3


def test_no_token_sees_a_later_one():
    before, after = (MODEL.predict([np.array([[3, 4]]), np.array([[1, 5, t]])]) for t in (2, 6))
    np.testing.assert_allclose(after[:, :2], before[:, :2], rtol=1e-4, atol=1e-5)
    assert np.abs(after[:, 2] - before[:, 2]).max() > 1e-3


def test_it_learns_to_turn_texts_around(tmp_path):
    """Of up to three letters 3 to 6, all of them; then it is saved and read back."""
    letters = [[*row] for n in (1, 2, 3) for row in np.ndindex(*(4,) * n)]
    texts = [[letter + 3 for letter in row] for row in letters]
    x = np.array([row + [0] * (4 - len(row)) for row in texts])
    target = np.array([[*row[::-1], 2] + [0] * (4 - len(row)) for row in texts])
    y = np.concatenate([np.ones((len(x), 1), int), target[:, :-1]], 1)
    model = small(width=16)
    model.compile(Adam(0.02), SparseCategoricalCrossentropy(from_logits=True, ignore_class=0))
    model.fit([x, y], target, epochs=60, batch_size=28, verbose=0)
    assert (model.translate(x) == target).all(1).mean() >= 0.95
    assert (model.translate(x, beam=3) == target).all(1).mean() >= 0.95
    model.save(tmp_path / "model.glass")
    np.testing.assert_array_equal(load_model(tmp_path / "model.glass").translate(x), model.translate(x))


def test_its_configuration_goes_through_json_and_back():
    config = json.loads(json.dumps(small(dropout=0.3, name="mine").get_config()))
    assert Translator.from_config(config).get_config() == config


def test_a_loss_that_expects_probabilities_is_refused():
    model = small()
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(ConfigError, match="tell the loss from_logits=True"):
        model.fit([np.array([[3, 4]]), np.array([[1, 5]])], np.array([[5, 2]]), verbose=0)


BAD = [
    (lambda: small(width=9), ConfigError, "Translator expected `width` as a multiple of `heads`. Received 9 and 2."),
    (lambda: small(target_length=0), ConfigError, "Translator expected `target_length` to be a whole number above 0."),
    (
        lambda: MODEL.translate([[1, 2, 3, 4, 5]]),
        ShapeError,
        "translate expected at most 4 tokens in each text. Received 5.",
    ),
    (lambda: MODEL.translate([7]), DataError, "Expected `source` as token numbers from 0 to 6. Received 7."),
    (lambda: MODEL.translate([1], beam=0), ConfigError, "translate expected `beam` to be a whole number above 0."),
    (lambda: MODEL.translate([1], start=0), ConfigError, "Expected `start` as a token number from 1 to 8. Received 0."),
    (lambda: MODEL.translate([1], end=9), ConfigError, "Expected `end` as a token number from 1 to 8. Received 9."),
    (lambda: MODEL.translate([1], length_penalty="1"), ConfigError, "`length_penalty` as a number. Received '1'."),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:40] for _, _, words in BAD])
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(GlassnetError) as caught:
        make()
    assert isinstance(caught.value, error) and words in str(caught.value)
