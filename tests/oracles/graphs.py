"""Write graphs.json: what Keras reports while it trains graphs with branches, shared layers, masks and several outputs.

The networks are written once, in code that either library runs. Run by hand with Keras installed:
``python tests/oracles/graphs.py``.
"""

import json
import os
from pathlib import Path

import numpy as np

random = np.random.RandomState(5)
ROWS = 20  # batches of 8, 8 and 4
NUMBERS = random.normal(size=(ROWS, 3)).round(3)
OTHERS = random.normal(size=(ROWS, 3)).round(3)
WORDS = random.randint(1, 7, size=(ROWS, 5)) * (np.arange(5) < random.randint(1, 6, size=(ROWS, 1)))
PRICE = NUMBERS[:, :1] * 2 + OTHERS[:, :1]
KIND = (NUMBERS[:, 0] > 0) * 1 + (OTHERS[:, 0] > 0)
WEIGHTS = random.uniform(0, 2, ROWS).round(2)
STEPS = random.normal(size=(ROWS, 5, 1)).round(3)


def two_outputs(lib):
    """Two inputs, a shared layer, two outputs with losses, factors and metrics by name."""
    a, b = lib.layers.Input((3,), name="a"), lib.layers.Input((3,), name="b")
    shared = lib.layers.Dense(4, activation="tanh", name="shared", kernel_regularizer="l2")
    h = lib.layers.Concatenate()([shared(a), shared(b)])
    price = lib.layers.Dense(1, name="price")(h)
    kind = lib.layers.Dense(3, activation="softmax", name="kind")(h)
    model = lib.Model([a, b], [price, kind])
    model.compile(
        lib.optimizers.SGD(0.1),
        loss={"price": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"price": 0.5, "kind": 2.0},
        metrics={"price": ["mae"], "kind": ["accuracy"]},
    )
    return model, {"a": NUMBERS, "b": OTHERS}, {"price": PRICE, "kind": KIND}, None


def by_list(lib):
    """The same by list, with an output that nothing is asked of, and weights for each row."""
    a = lib.layers.Input((3,))
    h = lib.layers.Dense(4, activation="relu", name="hidden")(a)
    outputs = [lib.layers.Dense(1, name=name)(h) for name in ("first", "second")]
    model = lib.Model(a, outputs)
    model.compile(lib.optimizers.SGD(0.05), loss=["mse", "mae"], loss_weights=[1.0, 0.3], metrics=[None, ["mse"]])
    return model, NUMBERS, [PRICE, OTHERS[:, 1:2]], WEIGHTS


def masked(lib):
    """A mask that travels from the embedding to the loss: padded words count nothing."""
    words = lib.layers.Input((5,), dtype="int32")
    h = lib.layers.Embedding(7, 3, mask_zero=True, name="words")(words)
    model = lib.Model(words, lib.layers.Dense(1, name="out")(lib.layers.Dropout(0.0)(h)))
    model.compile(lib.optimizers.SGD(0.5), "mse")
    return model, WORDS, STEPS, None


NETWORKS = {build.__name__: build for build in (two_outputs, by_list, masked)}
FIT = {"epochs": 3, "batch_size": 8, "shuffle": False, "verbose": 0}


def answers(build, lib):
    """The network's initial weights and everything Keras makes of them."""
    model, x, y, weights = build(lib)
    draw = np.random.RandomState(7)
    model.set_weights([draw.uniform(-1, 1, w.shape).round(4) for w in model.get_weights()])
    start = model.get_weights()
    history = model.fit(x, y, sample_weight=weights, **FIT)
    evaluated = model.evaluate(x, y, sample_weight=weights, verbose=0, return_dict=True)
    predicted = model.predict(x, verbose=0)
    predicted = [p[:3] for p in predicted] if isinstance(predicted, list) else [predicted[:3]]
    end = model.get_weights()
    return {"start": start, "history": history.history, "end": end, "evaluated": evaluated, "predicted": predicted}


def plain(value):
    """Lists and floats of 7 digits."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(item) for item in (value.tolist() if isinstance(value, np.ndarray) else value)]
    return float(f"{value:.7g}") if isinstance(value, float | np.floating) else value


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    lines = ",\n".join(f'"{name}": ' + json.dumps(plain(answers(build, keras))) for name, build in NETWORKS.items())
    Path(__file__).with_suffix(".json").write_text(f'{{"keras": "{keras.__version__}",\n{lines}\n}}\n')
