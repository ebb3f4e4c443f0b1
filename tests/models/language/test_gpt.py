"""GPT as a model: its numbers against GPT-2's formulas in NumPy, its start, and that it is an ordinary model."""

import json

import numpy as np
import pytest

from glassnet import load_model
from glassnet.foundation.errors import ConfigError, GlassnetError, ShapeError
from glassnet.foundation.registry import deserialize, serialize
from glassnet.losses import SparseCategoricalCrossentropy
from glassnet.models import Model
from glassnet.models.language import GPT
from glassnet.optimizers import Adam

X = np.random.default_rng(0).integers(0, 11, (6, 8))


def small(**settings):
    return GPT(**{"vocabulary": 11, "context": 8, "width": 8, "depth": 2, "heads": 2, "seed": 1, **settings})


def shaken(model):
    """Weights at no special place, which a bias of 0 would be."""
    random = np.random.default_rng(2)
    model.set_weights([w + random.normal(0, 0.3, w.shape).astype("float32") for w in model.get_weights()])
    return model


def normalized(x, weights, at):
    far = x - x.mean(-1, keepdims=True)
    return far / np.sqrt((far**2).mean(-1, keepdims=True) + 1e-5) * weights[f"{at}/gamma"] + weights[f"{at}/beta"]


def attention(x, w, at):
    q, k, v = (
        np.einsum("btd,dhe->bhte", x, w[f"{at}/{n}/kernel"]) + w[f"{at}/{n}/bias"][:, None]
        for n in ("query", "key", "value")
    )
    scores = q @ k.swapaxes(2, 3) / np.sqrt(q.shape[-1])
    scores = np.where(np.tril(np.ones(scores.shape[-2:], bool)), scores, -np.inf)
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    y = shares / shares.sum(-1, keepdims=True) @ v
    return np.einsum("bhte,hed->btd", y, w[f"{at}/attention_output/kernel"]) + w[f"{at}/attention_output/bias"]


def gpt2(w, x, depth):
    """GPT-2, as its paper and code have it, in float64."""
    table = w["embedding/token_embedding/embeddings"]
    h = table[x] + w["embedding/position_embedding/position_embeddings"][: x.shape[1]]
    for block in (f"blocks/{index}" for index in range(depth)):
        h = h + attention(normalized(h, w, f"{block}/self_attention_layer_norm"), w, f"{block}/self_attention")
        inner, outer = f"{block}/feedforward_intermediate_dense", f"{block}/feedforward_output_dense"
        a = normalized(h, w, f"{block}/feedforward_layer_norm") @ w[f"{inner}/kernel"] + w[f"{inner}/bias"]
        a = 0.5 * a * (1 + np.tanh(np.sqrt(2 / np.pi) * (a + 0.044715 * a**3)))
        h = h + a @ w[f"{outer}/kernel"] + w[f"{outer}/bias"]
    return normalized(h, w, "final_norm") @ table.T


def test_its_logits_are_those_of_the_formulas():
    model = shaken(small())
    weights = {path: np.asarray(w, "float64") for path, w in model.named_weights().items()}
    np.testing.assert_allclose(model.predict(X), gpt2(weights, X, 2), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(model.predict(X[:, :3]), gpt2(weights, X[:, :3], 2), rtol=1e-4, atol=1e-4)


def test_it_starts_as_gpt2_does():
    weights = GPT(50, 16, 64, 3, 4, seed=0).named_weights()
    for path, w in weights.items():
        w = np.asarray(w)
        ends_a_branch = path.endswith(("attention_output/kernel", "feedforward_output_dense/kernel"))
        if path.endswith("kernel") or "embedding" in path:
            assert w.std() == pytest.approx(0.02 / (6**0.5 if ends_a_branch else 1), rel=0.1), path
        else:
            assert (w == (1 if path.endswith("gamma") else 0)).all(), path
    same, other = GPT(50, 16, 64, 3, 4, seed=0), GPT(50, 16, 64, 3, 4, seed=1)
    assert all((a == b).all() for a, b in zip(same.get_weights(), map(np.asarray, weights.values()), strict=True))
    assert not (same.get_weights()[0] == other.get_weights()[0]).all()


def test_it_is_an_ordinary_model(tmp_path):
    model = small(dropout=0.1)
    assert isinstance(model, Model) and model.built and model.get_layer("block_1") is model.blocks[1]
    said = []
    model.summary(print_fn=said.append)
    assert "blocks/0" in said[0] and f"{model.count_params():,} parameters" in said[0]
    model.compile(Adam(0.01), SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    y = (X * 3 + 1) % 11  # what a token is followed by depends on it alone
    losses = model.fit(X, y, epochs=60, batch_size=6, verbose=0).history["loss"]
    assert losses[0] == pytest.approx(np.log(11), rel=0.05) and losses[-1] < 1.0
    assert model.evaluate(X, y, return_dict=True)["accuracy"] > 0.9
    model.save(tmp_path / "gpt.glass")
    loaded = load_model(tmp_path / "gpt.glass")
    assert loaded.get_config() == model.get_config()
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    np.testing.assert_array_equal(loaded.generate([1], 5, 0), model.generate([1], 5, 0))


def test_its_configuration_goes_through_json_and_back():
    model = small(dropout=0.2, name="mine")
    config = json.loads(json.dumps(model.get_config()))
    assert GPT.from_config(config).get_config() == config
    again = deserialize(json.loads(json.dumps(serialize(model))))
    assert again.get_config() == config and again.count_params() == model.count_params()


def test_a_loss_that_expects_probabilities_is_refused():
    model = small()
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(ConfigError, match="tell the loss from_logits=True"):
        model.fit(X, X, verbose=0)


BAD = [
    (lambda: small(depth=0), ConfigError, "GPT expected `depth` to be a whole number above 0. Received 0."),
    (lambda: small(width=9), ConfigError, "`width` as a multiple of `heads`. Received 9 and 2. Pass a width of 10"),
    (lambda: small(dropout=1), ConfigError, "GPT expected `dropout` from 0 and below 1."),
    (lambda: small().predict(np.zeros((1, 9), int)), ShapeError, "expected positions from 0 to 7"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:40] for _, _, words in BAD])
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(GlassnetError) as caught:
        make()
    assert isinstance(caught.value, error) and words in str(caught.value)
