"""fit, evaluate and predict: histories, weights and answers of both libraries agree to four digits."""

import numpy as np
import pytest

import glassnet

# A habit of Keras 3 with NumPy 2, not of ours.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

OPTIMIZERS = {
    "SGD": ("SGD", {"learning_rate": 0.1}),
    "momentum": ("SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    "nesterov": ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    "RMSprop": ("RMSprop", {"learning_rate": 0.01, "momentum": 0.5, "centered": True}),
    "Adagrad": ("Adagrad", {"learning_rate": 0.1}),
    "Adadelta": ("Adadelta", {"learning_rate": 1.0}),
    "Adam": ("Adam", {"learning_rate": 0.01}),
    "amsgrad": ("Adam", {"learning_rate": 0.01, "amsgrad": True, "clipnorm": 0.1}),
    "AdamW": ("AdamW", {"learning_rate": 0.01, "weight_decay": 0.1}),
    "Adamax": ("Adamax", {"learning_rate": 0.01}),
    "Nadam": ("Nadam", {"learning_rate": 0.01}),
    "Lion": ("Lion", {"learning_rate": 0.01}),
    "Ftrl": ("Ftrl", {"learning_rate": 0.1, "l1_regularization_strength": 0.001}),
}
LOSSES = {
    "mse": {"outputs": 1, "activation": None, "targets": "number", "metrics": ["mae"]},
    "binary_crossentropy": {"outputs": 1, "activation": "sigmoid", "targets": "yes", "metrics": ["accuracy"]},
    "sparse_categorical_crossentropy": {
        "outputs": 3,
        "activation": "softmax",
        "targets": "class",
        "metrics": ["accuracy"],
    },
    "categorical_crossentropy": {"outputs": 3, "activation": "softmax", "targets": "hot", "metrics": ["accuracy"]},
}


def agree(both, histories, x):
    """Histories, weights and predictions are the same numbers."""
    ours, theirs = histories
    assert set(ours.history) == set(theirs.history)
    for name, values in theirs.history.items():
        np.testing.assert_allclose(ours.history[name], values, rtol=1e-4, atol=1e-6, err_msg=name)
    for a, b in zip(*(model.get_weights() for model in both), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(both[0].predict(x), both[1].predict(x, verbose=0), rtol=1e-4, atol=1e-5)


def fitted(both, x, y, **arguments):
    given = {"epochs": 2, "batch_size": 32, "shuffle": False, "verbose": 0, **arguments}
    return [model.fit(x, y, **given) for model in both]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_two_epochs_of_fit(pair, x, targets, optimizer, loss):
    case = LOSSES[loss]
    names = {name: case[name] for name in ("outputs", "activation", "metrics")}
    both = pair(optimizer=OPTIMIZERS[optimizer], loss=loss, **names)
    y = targets[case["targets"]]
    agree(both, fitted(both, x, y, validation_data=(x[:10], y[:10])), x)


@pytest.mark.parametrize("loss", LOSSES)
def test_weights_of_rows_and_classes(pair, x, targets, loss):
    case = LOSSES[loss]
    y, weights = targets[case["targets"]], np.random.default_rng(2).uniform(0, 2, len(x)).astype("float32")
    names = {name: case[name] for name in ("outputs", "activation", "metrics")}
    both = pair(
        optimizer="Adam", loss=loss, weighted=["mse"] if loss != "sparse_categorical_crossentropy" else (), **names
    )
    agree(both, fitted(both, x, y, sample_weight=weights, validation_data=(x[:10], y[:10], weights[:10])), x)
    kept = [model.evaluate(x, y, sample_weight=weights, verbose=0, return_dict=True) for model in both]
    assert kept[0] == pytest.approx(kept[1], rel=1e-4)
    if case["targets"] in ("yes", "class"):
        agree(both, fitted(both, x, y, class_weight={0: 1.0, 1: 3.0, 2: 0.5}), x)


@pytest.mark.parametrize(
    "options",
    [
        {"kernel_regularizer": "l1", "bias_regularizer": "l2"},
        {"activity_regularizer": "l2"},
        {"kernel_constraint": "max_norm", "bias_constraint": "non_neg"},
        {"use_bias": False},
    ],
    ids=lambda options: next(iter(options)),
)
def test_penalties_constraints_and_no_biases(pair, x, targets, options):
    both = pair(optimizer="Adam", loss="mse", **options)
    histories = fitted(both, x, targets["number"], validation_data=(x[:10], targets["number"][:10]))
    agree(both, histories, x)


@pytest.mark.parametrize(
    ("kind", "outputs", "targets_of"),
    [
        ("BinaryCrossentropy", 1, "yes"),
        ("SparseCategoricalCrossentropy", 3, "class"),
        ("CategoricalCrossentropy", 3, "hot"),
    ],
)
def test_losses_of_logits(pair, x, targets, kind, outputs, targets_of):
    def loss(library):
        return getattr(library.losses, kind)(from_logits=True)

    both = pair(outputs=outputs, optimizer="Adam", loss=loss)
    agree(both, fitted(both, x, targets[targets_of]), x)


@pytest.mark.parametrize("batch_size", [1, 7, 32, 70, 200])
def test_any_size_of_batch(pair, x, targets, batch_size):
    both = pair(optimizer="Adam", loss="mse")
    agree(both, fitted(both, x, targets["number"], batch_size=batch_size), x)


@pytest.mark.parametrize("reduction", ["sum", "mean_with_sample_weight"])
def test_reductions_that_make_a_loss_depend_on_the_batches(pair, x, targets, reduction):
    def loss(library):
        return library.losses.MeanSquaredError(reduction=reduction)

    weights = np.random.default_rng(2).uniform(0, 2, len(x)).astype("float32")
    both = pair(optimizer=("SGD", {"learning_rate": 0.001}), loss=loss)
    agree(both, fitted(both, x, targets["number"], sample_weight=weights), x)
    judged = [model.evaluate(x, targets["number"], sample_weight=weights, verbose=0) for model in both]
    assert judged[0] == pytest.approx(judged[1], rel=1e-4)


def test_numbers_that_share_a_name(pair, x, targets):
    case = {"outputs": 1, "activation": "sigmoid", "loss": "binary_crossentropy"}
    both = pair(metrics=["accuracy", "mse"], weighted=["accuracy"], **case)
    agree(both, fitted(both, x, targets["yes"], sample_weight=np.linspace(0, 2, len(x)).astype("float32")), x)


def test_two_fits_go_on_where_one_ended(pair, x, targets):
    both = pair(optimizer="Adam")
    fitted(both, x, targets["number"])
    agree(both, fitted(both, x, targets["number"], epochs=4, initial_epoch=2), x)


def test_one_step_on_a_batch(pair, x, targets):
    both = pair(optimizer="Adam", metrics=["mae"])
    steps = [[model.train_on_batch(x, targets["number"]) for _ in range(3)] for model in both]
    first = [logs[0] for logs in steps]
    np.testing.assert_allclose(np.float32(first[0]), np.float32(first[1]), rtol=1e-4)
    for a, b in zip(*(model.get_weights() for model in both), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_predictions_for_any_number_of_rows(pair, x):
    ours, theirs = pair(outputs=3, activation="softmax", loss="mse")
    for rows in (1, 5, 70):
        np.testing.assert_allclose(ours.predict(x[:rows]), theirs.predict(x[:rows], verbose=0), rtol=1e-5, atol=1e-6)
    assert glassnet.__version__
