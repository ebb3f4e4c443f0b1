"""Write losses.json: what Keras says that each loss costs, with its gradient.

Run by hand with Keras installed: ``python tests/oracles/losses.py``.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import keras
import numpy as np

N, K = 5, 4
random = np.random.RandomState(7)
LOGITS = random.normal(scale=2.0, size=(N, K)).round(3)
EXP = np.exp(LOGITS)
IDS = random.randint(0, K, N)
UNIT = LOGITS / np.linalg.norm(LOGITS, axis=-1, keepdims=True)
INPUTS = {
    "logits": LOGITS,
    "sigmoid": 1 / (1 + np.exp(-LOGITS)),
    "softmax": EXP / EXP.sum(-1, keepdims=True),
    "unit": UNIT,
    "positive": random.uniform(0.1, 3.0, (N, K)),
    "targets": random.uniform(0.1, 3.0, (N, K)),
    "signed": random.normal(size=(N, K)),
    "bits": (random.uniform(size=(N, K)) > 0.5) * 1.0,
    "onehot": np.eye(K)[IDS],
    "ids": IDS,
    "gappy_ids": np.where(np.arange(N) == 2, -1, IDS),
}
INPUTS = {name: np.asarray(value).round(4).tolist() for name, value in INPUTS.items()}
WEIGHTS = [0.5, 2.0, 1.5, 0.0, 3.0]

BINARY, MANY, LABELS = ("bits", "sigmoid"), ("onehot", "softmax"), ("ids", "softmax")
CASES = [
    ("MeanSquaredError", {}, "signed", "logits"),
    ("MeanAbsoluteError", {}, "signed", "logits"),
    ("MeanAbsolutePercentageError", {}, "signed", "logits"),
    ("MeanSquaredLogarithmicError", {}, "targets", "positive"),
    ("MeanSquaredLogarithmicError", {}, "targets", "logits"),
    ("Huber", {}, "signed", "logits"),
    ("Huber", {"delta": 0.3}, "signed", "logits"),
    ("LogCosh", {}, "signed", "logits"),
    ("CosineSimilarity", {}, "signed", "logits"),
    ("BinaryCrossentropy", {}, *BINARY),
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, *BINARY),
    ("BinaryCrossentropy", {"from_logits": True}, "bits", "logits"),
    ("CategoricalCrossentropy", {}, *MANY),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2}, *MANY),
    ("CategoricalCrossentropy", {}, "onehot", "positive"),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "onehot", "logits"),
    ("SparseCategoricalCrossentropy", {}, *LABELS),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, "ids", "logits"),
    ("SparseCategoricalCrossentropy", {"ignore_class": -1}, "gappy_ids", "softmax"),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1, "from_logits": True}, "ids", "logits"),
    ("BinaryFocalCrossentropy", {}, *BINARY),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5}, *BINARY),
    ("BinaryFocalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "bits", "logits"),
    ("CategoricalFocalCrossentropy", {}, *MANY),
    ("CategoricalFocalCrossentropy", {"alpha": 0.5, "gamma": 1.0, "label_smoothing": 0.1}, *MANY),
    ("CategoricalFocalCrossentropy", {"from_logits": True}, "onehot", "logits"),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.7}, *LABELS),
    ("KLDivergence", {}, "softmax", "sigmoid"),
    ("Poisson", {}, "targets", "positive"),
    ("Hinge", {}, "bits", "logits"),
    ("SquaredHinge", {}, "bits", "logits"),
    ("CategoricalHinge", {}, "onehot", "logits"),
    ("Dice", {}, *BINARY),
    ("Dice", {"axis": 1}, *BINARY),
    ("Tversky", {"alpha": 0.3, "beta": 0.9}, *BINARY),
    ("Circle", {}, "ids", "unit"),
    ("Circle", {"gamma": 8.0, "margin": 0.2, "remove_diagonal": False}, "ids", "unit"),
]


def answers(name, settings, target, output):
    """Values, scalars by reduction with weights, and the gradient of the mean."""
    kind = getattr(keras.losses, name)
    y_true, y_pred = np.array(INPUTS[target]), jnp.asarray(INPUTS[output], "float32")
    scalars = {
        reduction: float(kind(**settings, reduction=reduction)(y_true, y_pred, np.array(WEIGHTS)))
        for reduction in ("sum", "sum_over_batch_size", "mean_with_sample_weight")
    }
    loss = kind(**settings)
    return {
        "name": loss.name,
        "values": np.asarray(kind(**settings, reduction=None)(y_true, y_pred), float).tolist(),
        "mean": float(loss(y_true, y_pred)),
        "weighted": scalars,
        "gradient": np.asarray(jax.grad(lambda p: loss(y_true, p))(y_pred), float).tolist(),
    }


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.7g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    cases = [
        {"class": name, "settings": settings, "target": target, "output": output}
        | rounded(answers(name, settings, target, output))
        for name, settings, target, output in CASES
    ]
    stored = {"keras": keras.__version__, "inputs": INPUTS, "weights": WEIGHTS}
    lines = ",\n".join(json.dumps(case) for case in cases)
    Path(__file__).with_suffix(".json").write_text(json.dumps(stored)[:-1] + ', "cases": [\n' + lines + "\n]}\n")
