"""objective: names, weights, padded rows, and what is summed over an epoch."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import losses, metrics
from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.training.head import Head
from glassnet.training.objective import Objective
from glassnet.training.resolving import Place, Wanted
from glassnet.training.resolving import resolve as resolve_all

COLUMN = ((None, 1), (None, 1))  # the shapes of targets and outputs


def resolve(loss, plain, weighted, target, output):
    y = np.zeros((1, *target[1:]), "float32")
    return resolve_all(Wanted(loss, None, plain, weighted), y, [Place("out", None, output)])


def head_of(objective):
    (head,) = objective.heads
    return head


def test_metrics_are_called_as_the_user_called_them():
    objective = resolve("mse", ["mae", metrics.MeanAbsoluteError(name="mine"), "MeanSquaredError"], None, *COLUMN)
    assert objective.names[:3] == ["loss", "mae", "mine"] and len(objective.names) == 4
    assert resolve("mse", None, None, *COLUMN).names == ["loss"]


def test_no_two_numbers_have_one_name():
    def called_loss(y_true, y_pred):
        return jnp.abs(y_true - y_pred)[:, 0]

    called_loss.__name__ = "loss"
    objective = resolve("mse", ["mae", "mae", called_loss], ["mae"], *COLUMN)
    assert len(set(objective.names)) == len(objective.names) == 5
    assert objective.names[:3] == ["loss", "mae", "mae_1"]
    assert [len(head_of(objective).metrics), len(head_of(objective).weighted)] == [3, 1]


@pytest.mark.parametrize(
    ("loss", "target", "output", "kind"),
    [
        ("binary_crossentropy", (None, 1), (None, 1), metrics.BinaryAccuracy),
        ("sparse_categorical_crossentropy", (None,), (None, 3), metrics.SparseCategoricalAccuracy),
        ("categorical_crossentropy", (None, 3), (None, 3), metrics.CategoricalAccuracy),
    ],
)
def test_accuracy_is_the_kind_that_fits(loss, target, output, kind):
    objective = resolve(loss, ["accuracy"], None, target, output)
    assert objective.names == ["loss", "accuracy"] and type(head_of(objective).metrics[0][1]) is kind


def test_equal_settings_make_equal_objectives():
    one, two = (resolve("mse", ["mae"], ["mse"], *COLUMN) for _ in range(2))
    assert one == two and hash(one) == hash(two)
    assert one != resolve("mse", ["mae"], None, *COLUMN) and one != resolve("mae", ["mae"], ["mse"], *COLUMN)
    assert one != resolve("mse", ["mae"], ["mse"], (None, 1), (None, 2))


@pytest.mark.parametrize("given", ["mae", metrics.MeanAbsoluteError()], ids=["name", "metric"])
def test_metrics_come_in_a_list(given):
    with pytest.raises(ConfigError, match="metrics` as a list"):
        resolve("mse", given, None, *COLUMN)


def test_names_that_do_not_exist_are_said_so():
    with pytest.raises(UnknownNameError, match="No loss is called 'msee'; did you mean"):
        resolve("msee", None, None, *COLUMN)
    with pytest.raises(UnknownNameError, match="did you mean"):
        resolve("mse", ["acuracy"], None, *COLUMN)


Y, P = np.float32([[0], [0], [0], [7]]), np.float32([[1], [2], [3], [9]])  # squared errors 1, 4, 9, 4
UNMASKED = {"out": None}
REAL, WEIGHTS = np.float32([1, 1, 1, 0]), np.float32([1, 0.5, 2, 0])  # the last row only fills up


def batch(objective, sums, weights=WEIGHTS):
    loss, parts = objective.batch_losses(Y, P, weights, jnp.float32(3), UNMASKED)
    return objective.update(sums, Y, P, REAL, weights, loss, parts, UNMASKED)


def test_a_row_that_only_fills_up_counts_nowhere_and_weights_where_they_should():
    objective = resolve("mse", ["mae"], ["mae"], *COLUMN)
    results = objective.results(batch(objective, objective.start()))
    assert {name: round(float(value), 5) for name, value in results.items()} == {
        "loss": round((1 * 1 + 0.5 * 4 + 2 * 9) / 3, 5),
        "mae": 2.0,
        objective.names[2]: round((1 * 1 + 0.5 * 2 + 2 * 3) / 3.5, 5),
    }


def test_batches_count_by_their_rows():
    objective = resolve("mse", None, None, *COLUMN)
    sums = batch(objective, objective.start(), REAL)  # 3 rows, mean 14 / 3
    sums = objective.update(sums, Y[:1], P[:1], REAL[:1], REAL[:1], jnp.float32(1), {"out": jnp.float32(1)}, UNMASKED)
    assert float(objective.results(sums)["loss"]) == pytest.approx(15 / 4)
    assert float(objective.results(objective.start())["loss"]) == 0


def test_without_a_loss_only_metrics_are_reported():
    objective = resolve(None, ["mae"], None, *COLUMN)
    results = objective.results(batch(objective, objective.start()))
    assert float(results["loss"]) == 0 and float(results["mae"]) == 2 and not head_of(objective).mixes_rows


@pytest.mark.parametrize(
    ("loss", "mixes"),
    [
        ("mse", False),
        ("sparse_categorical_crossentropy", False),
        (lambda y, p: jnp.abs(y - p)[:, 0], False),
        (lambda y, p: jnp.mean(jnp.abs(y - p)), True),
        (losses.Dice(), True),
        (losses.Circle(), True),
    ],
    ids=["mse", "labels", "by row", "one number", "dice", "circle"],
)
def test_a_loss_of_a_whole_batch_is_known_as_such(loss, mixes):
    target = (None,) if isinstance(loss, str) and loss.startswith("sparse") else (None, 3)
    assert resolve(loss, None, None, target, (None, 3)).heads[0].mixes_rows is mixes


def test_an_objective_is_what_it_is_made_of():
    objective = Objective((Head("out", None, None, losses.get("mse"), 1.0, (), (), *COLUMN),))
    assert objective == resolve("mse", [], [], *COLUMN)
