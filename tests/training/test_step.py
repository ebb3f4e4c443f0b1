"""step: whole epochs of training against backpropagation written once more, in NumPy with 64 bits.

The network has two layers, ŷ = f(tanh(x W₁ + b₁) W₂ + b₂), and learns by gradient descent with momentum on batches of rows,
the last of which is smaller.
"""

import jax
import numpy as np
import pytest

from glassnet import data
from glassnet.layers import Dense, Input
from glassnet.models import Sequential
from glassnet.optimizers import SGD
from glassnet.regularizers import L2


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def linear(z, y):
    """Mean squared error of a linear output: values of rows, slopes ∂ℓ/∂z, and the mean absolute error."""
    width = z.shape[-1]
    return ((z - y) ** 2).mean(-1), 2 * (z - y) / width, np.abs(z - y).mean(-1)


def logistic(z, y):
    """Binary cross-entropy of a sigmoid: values, slopes, and whether the output is on the right side of 0.5."""
    values = np.logaddexp(0, z) - y * z
    return values.mean(-1), (1 / (1 + np.exp(-z)) - y) / z.shape[-1], ((z > 0) == y).mean(-1)


def classes(z, y):
    """Cross-entropy of a softmax with class numbers y (n,): values, slopes, and whether the largest is the right one."""
    p, rows = softmax(z), np.arange(len(y))
    return -np.log(p[rows, y]), p - np.eye(z.shape[-1])[y], (z.argmax(-1) == y) * 1.0


class Reference:
    """The network and its training.

    Args:
        weights: W₁, b₁, W₂, b₂.
        head: one of the functions above.
        rate: α of the descent ``v ← β v - α g; w ← w + v``.
        momentum: β.
        l2: λ of a penalty ``λ Σ W₁²`` that is added to each batch's loss.
    """

    def __init__(self, weights, head, *, rate, momentum=0.0, l2=0.0):
        self.weights = [np.array(w, "float64") for w in weights]
        self.head, self.rate, self.momentum, self.l2 = head, rate, momentum, l2
        self.speeds = [np.zeros_like(w) for w in self.weights]

    def forward(self, x):
        w1, b1, w2, b2 = self.weights
        hidden = np.tanh(x @ w1 + b1)
        return hidden, hidden @ w2 + b2

    def step(self, x, y, weight):
        """One step on n rows. Returns the batch's loss and its judged rows, both from before the step."""
        w1, _, w2, _ = self.weights
        hidden, z = self.forward(x)
        values, slopes, judged = self.head(z, y)
        penalty = self.l2 * np.sum(w1**2)
        dz = slopes * weight[:, None] / len(x)
        dhidden = dz @ w2.T * (1 - hidden**2)
        slopes = [x.T @ dhidden + 2 * self.l2 * w1, dhidden.sum(0), hidden.T @ dz, dz.sum(0)]
        self.speeds = [self.momentum * v - self.rate * g for v, g in zip(self.speeds, slopes, strict=True)]
        self.weights = [w + v for w, v in zip(self.weights, self.speeds, strict=True)]
        return np.sum(weight * values) / len(x) + penalty, judged

    def epoch(self, x, y, weight, order, size):
        """One epoch; what is reported of it: loss, the judgement of rows, and the same with each row by its weight."""
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        done = [self.step(x[b], y[b], weight[b]) for b in batches]
        judged, counted = np.concatenate([j for _, j in done]), weight[np.concatenate(batches)]
        loss = sum(loss * len(b) for (loss, _), b in zip(done, batches, strict=True)) / len(order)
        return loss, judged.mean(), (judged * counted).sum() / counted.sum()

    def evaluate(self, x, y, weight):
        """The same numbers on rows that are not learned from."""
        values, _, judged = self.head(self.forward(x)[1], y)
        loss = np.mean(weight * values) + self.l2 * np.sum(self.weights[0] ** 2)
        return loss, judged.mean(), (judged * weight).sum() / weight.sum()


random = np.random.default_rng(5)
ROWS, SIZE, EPOCHS, RATE, MOMENTUM = 70, 32, 3, 0.2, 0.9  # batches of 32, 32 and 6 rows; the last is filled up
X = random.normal(size=(ROWS, 4)).astype("float32")
WEIGHT = random.uniform(0, 3, ROWS).astype("float32") * (random.uniform(size=ROWS) > 0.2)  # a fifth of them 0

HEADS = {
    "mse": (None, random.normal(size=(ROWS, 2)).astype("float32"), "mae", linear),
    "binary_crossentropy": ("sigmoid", (random.uniform(size=(ROWS, 2)) > 0.5) * 1.0, "binary_accuracy", logistic),
    "sparse_categorical_crossentropy": ("softmax", random.integers(0, 2, ROWS), "accuracy", classes),
}


def network(loss, l2=0.0):
    activation, _, metric, _ = HEADS[loss]
    hidden = Dense(5, "tanh", kernel_regularizer=L2(l2) if l2 else None)
    model = Sequential([Input((4,)), hidden, Dense(2, activation)], seed=11)
    model.compile(SGD(RATE, momentum=MOMENTUM), loss, metrics=[metric], weighted_metrics=[metric])
    return model


def compare(model, loss, weight, shuffle=True, l2=0.0):
    """Train the model and the reference for some epochs; history and weights must agree."""
    _, y, metric, head = HEADS[loss]
    held_out = (X[:10], y[:10], np.ones(10) if weight is None else weight[:10])
    ours = model.fit(
        X, y, sample_weight=weight, epochs=EPOCHS, batch_size=SIZE, shuffle=shuffle, validation_data=held_out, verbose=0
    ).history
    start = network(loss).get_weights()
    by_hand = Reference(start, head, rate=RATE, momentum=MOMENTUM, l2=l2)
    weight = np.ones(ROWS) if weight is None else np.float64(weight)
    x, names = np.float64(X), [name for name in ours if not name.startswith("val_")]
    assert names[:2] == ["loss", metric] and len(names) == 3
    for epoch in range(EPOCHS):
        order = data.epoch_order(ROWS, model.seed, epoch, shuffle)
        trained = by_hand.epoch(x, y, weight, order, SIZE)
        validated = by_hand.evaluate(x[:10], y[:10], weight[:10])
        np.testing.assert_allclose([ours[name][epoch] for name in names], trained, rtol=1e-5)
        np.testing.assert_allclose([ours[f"val_{name}"][epoch] for name in names], validated, rtol=1e-5)
    for now, expected in zip(model.get_weights(), by_hand.weights, strict=True):
        np.testing.assert_allclose(now, expected, rtol=2e-5, atol=2e-6)
    for given in (None, weight):
        found = model.evaluate(X, y, sample_weight=given)
        np.testing.assert_allclose(found, by_hand.evaluate(x, y, np.ones(ROWS) if given is None else given), rtol=1e-5)


@pytest.mark.parametrize("loss", HEADS)
def test_training_is_backpropagation(loss):
    compare(network(loss), loss, None)


@pytest.mark.parametrize("loss", HEADS)
def test_rows_count_by_their_weights(loss):
    compare(network(loss), loss, WEIGHT)


def test_rows_in_their_order():
    compare(network("mse"), "mse", WEIGHT, shuffle=False)


def test_a_penalty_joins_the_loss_of_every_batch():
    compare(network("mse", l2=0.01), "mse", WEIGHT, l2=0.01)


def test_training_stays_in_float32_also_where_64_bits_are_allowed():
    model, y = network("mse"), HEADS["mse"][1]
    with jax.enable_x64(True):
        model.fit(X.astype("float64"), y.astype("float64"), epochs=2, verbose=0)
        state = model.train_state()
    types = {str(np.asarray(leaf).dtype) for leaf in jax.tree.leaves(state)}
    assert types == {"float32", "int32"}
    assert model.predict(X.astype("float64")).dtype == np.float32
