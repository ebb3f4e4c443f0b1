"""Write fit.json: what Keras reports while it trains small networks, and the weights it ends with.

Run by hand with Keras installed: ``python tests/oracles/fit.py``.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

random = np.random.RandomState(3)
ROWS = 20  # batches of 8, 8 and 4
X = random.normal(size=(ROWS, 3)).round(3)
SCORES = X @ random.normal(size=(3, 3))
CLASSES = SCORES.argmax(1)
TARGETS = {
    "number": SCORES[:, :1].round(3),
    "yes": (SCORES[:, :1] > 0) * 1,
    "class": CLASSES,
    "hot": np.eye(3, dtype=int)[CLASSES],
}
DATA = {"x": X.tolist(), **{name: y.tolist() for name, y in TARGETS.items()}}
DATA["weights"] = random.uniform(0, 2, ROWS).round(2).tolist()
DATA["held_out"] = 6  # so many of the rows, the first, are validated on

TWO_EPOCHS = {"epochs": 2, "batch_size": 8, "shuffle": False}
CASES = [
    {
        "name": "momentum",
        "optimizer": ["SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}],
        "loss": "mse",
        "targets": "number",
        "last": [1, None],
        "hidden": {},
        "metrics": ["mae"],
        "weighted": True,
        "fit": TWO_EPOCHS,
    },
    {
        "name": "adam",
        "optimizer": ["Adam", {"learning_rate": 0.02}],
        "loss": "binary_crossentropy",
        "targets": "yes",
        "last": [1, "sigmoid"],
        "hidden": {"kernel_regularizer": "l2"},
        "metrics": ["accuracy", "auc"],
        "weighted": False,
        "fit": TWO_EPOCHS,
    },
    {
        "name": "rmsprop",
        "optimizer": ["RMSprop", {"learning_rate": 0.01, "clipnorm": 0.2}],
        "loss": "sparse_categorical_crossentropy",
        "targets": "class",
        "last": [3, "softmax"],
        "hidden": {"kernel_constraint": "max_norm"},
        "metrics": ["accuracy"],
        "weighted": True,
        "fit": TWO_EPOCHS,
    },
    {
        "name": "adamw",
        "optimizer": ["AdamW", {"learning_rate": 0.01, "weight_decay": 0.1}],
        "loss": "categorical_crossentropy",
        "targets": "hot",
        "last": [3, "softmax"],
        "hidden": {"activity_regularizer": "l2"},
        "metrics": ["accuracy"],
        "weighted": False,
        "fit": TWO_EPOCHS,
    },
    {
        "name": "early stopping",
        "optimizer": ["Adam", {"learning_rate": 0.1}],
        "loss": "mse",
        "targets": "number",
        "last": [1, None],
        "hidden": {},
        "metrics": ["mae"],
        "weighted": False,
        "fit": {"epochs": 60, "batch_size": 8, "shuffle": False},
        "stop": {"monitor": "val_loss", "patience": 2, "min_delta": 0.001, "restore_best_weights": True},
    },
]


def network(case):
    """The case's network, compiled, with initial weights of 4 digits."""
    (name, settings), (width, activation) = case["optimizer"], case["last"]
    hidden = keras.layers.Dense(4, activation="tanh", **case["hidden"])
    model = keras.Sequential([keras.layers.Input((3,)), hidden, keras.layers.Dense(width, activation=activation)])
    # "auc" is no name of Keras's own
    metrics = [keras.metrics.AUC(name="auc") if metric == "auc" else metric for metric in case["metrics"]]
    model.compile(getattr(keras.optimizers, name)(**settings), case["loss"], metrics=metrics)
    model.set_weights([random.uniform(-1, 1, w.shape).round(4) for w in model.get_weights()])
    return model


def answers(case):
    """The case with its initial weights and everything Keras makes of them."""
    model, y, held_out = network(case), TARGETS[case["targets"]], DATA["held_out"]
    start = model.get_weights()
    stop = keras.callbacks.EarlyStopping(**case["stop"]) if "stop" in case else None
    weights = np.array(DATA["weights"]) if case["weighted"] else None
    history = model.fit(
        X,
        y,
        sample_weight=weights,
        validation_data=(X[:held_out], y[:held_out]),
        callbacks=[stop] if stop else [],
        verbose=0,
        **case["fit"],
    )
    traced = {"stopped_epoch": stop.stopped_epoch, "best_epoch": stop.best_epoch, "best": stop.best} if stop else {}
    return {
        **case,
        "start": start,
        "history": history.history,
        "end": model.get_weights(),
        "evaluated": model.evaluate(X, y, sample_weight=weights, verbose=0, return_dict=True),
        "predicted": model.predict(X[:3], verbose=0),
        "traced": traced,
    }


def plain(value):
    """Lists and floats of 7 digits."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(item) for item in (value.tolist() if isinstance(value, np.ndarray) else value)]
    return float(f"{value:.7g}") if isinstance(value, float | np.floating) else value


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(plain(answers(case))) for case in CASES)
    stored = json.dumps({"keras": keras.__version__, "data": DATA})
    Path(__file__).with_suffix(".json").write_text(stored[:-1] + ', "cases": [\n' + lines + "\n]}\n")
