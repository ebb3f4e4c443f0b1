"""From a table to a judged network."""

import numpy as np
import pytest

from glassnet.data import Table
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.workbench import Settings, train
from glassnet.workbench.experiment import BrokenTrainingError, guessed, load, part
from glassnet.workbench.predictor import truths


def weights(result):
    return np.concatenate([w.ravel() for w in result.model.get_weights()])


def test_every_step_is_told_in_order_with_its_result(quick, table):
    seen = []
    result = train(table("outcome"), "outcome", settings=quick, watch=lambda step, value: seen.append((step, value)))
    assert [step for step, _ in seen] == ["load", "split", "prepare", "network", "train", "evaluate"]
    told = dict(seen)
    assert told["load"] is result.loaded and told["split"] is result.parts and told["network"] is result.model
    assert told["train"] == (result.model, result.history, result.best_epoch) and told["evaluate"] is result


def test_the_same_seed_gives_the_same_network_to_the_bit_and_another_seed_another(binary, quick, table):
    again = train(table("outcome"), "outcome", settings=quick)
    other = train(table("outcome"), "outcome", settings=Settings(**{**quick.to_dict(), "seed": 1}))
    assert np.array_equal(weights(binary), weights(again)) and not np.array_equal(weights(binary), weights(other))
    assert binary.evaluation.to_dict() == again.evaluation.to_dict()
    assert binary.parts.tables["test"].row_numbers.tolist() != other.parts.tables["test"].row_numbers.tolist()


def test_no_row_is_in_two_parts_and_the_test_rows_change_nothing_before_the_judgement(binary, quick, patients):
    parts = [set(table.row_numbers.tolist()) for table in binary.parts.tables.values()]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 60
    columns = patients()
    tested = [row - 1 for row in parts[2]]
    for row in tested:
        columns["age"][row] = 1e6
        columns["outcome"][row] = "ill" if columns["outcome"][row] == "well" else "well"
    changed = Table.from_columns({k: v for k, v in columns.items() if k not in ("stage", "cost")}, "patients.csv")
    # The same split by hand, since the classes it was stratified on have changed.
    loaded = load(changed, "outcome", quick)
    from glassnet.data import TablePreparation

    preparation = TablePreparation.fit(loaded.table.select(binary.parts.split.train), loaded.plan)
    assert preparation.to_config() == binary.parts.preparation.to_config()


def test_the_weights_kept_are_those_of_the_lowest_validation_loss(table):
    settings = Settings(epochs=40, hidden=(4,), batch_size=16, learning_rate=0.3)
    result = train(table("outcome"), "outcome", settings=settings)
    losses = result.history.history["val_loss"]
    assert result.best_epoch == int(np.argmin(losses)) + 1 < 40
    numbers = result.model.evaluate(result.parts.x["validation"], result.parts.y["validation"], return_dict=True)
    assert numbers["loss"] == pytest.approx(min(losses), rel=1e-5)


def test_the_network_learns_and_is_judged_beside_a_guess(table):
    result = train(table("outcome", rows=300), "outcome", settings=Settings(epochs=30, hidden=(4,), learning_rate=0.02))
    by_model = result.evaluation.measured["accuracy"]
    assert by_model["network"].value > by_model["baseline"].value + 0.1
    assert by_model["network"].low < by_model["network"].value < by_model["network"].high
    assert by_model["baseline"].difference[0] > 0
    assert set(by_model) == {"network", "linear", "baseline"} and "always" in result.rival_names["baseline"]
    assert not result.diverged


def test_several_classes(several):
    assert several.parts.preparation.classes == ("early", "late", "none")
    assert several.evaluation.outputs["network"].shape == (12, 3)
    assert np.allclose(several.evaluation.outputs["network"].sum(1), 1, atol=1e-6)


def test_a_regression_is_judged_in_the_targets_own_unit(number, patients):
    cost = np.array(patients()["cost"])
    rows = number.parts.tables["test"].row_numbers - 1
    assert np.array_equal(number.evaluation.truth, cost[rows])
    assert abs(number.evaluation.outputs["network"].mean() - cost.mean()) < 3 * cost.std()
    known = cost[number.parts.tables["train"].row_numbers - 1]
    assert number.evaluation.value("MAE", "baseline") == pytest.approx(np.abs(cost[rows] - known.mean()).mean())


def test_rows_without_a_target_are_left_out_and_it_is_said(quick, patients):
    columns = patients(64)
    for row in (3, 9, 20, 40):
        columns["outcome"][row] = None
    result = train({k: columns[k] for k in ("age", "smoker", "outcome")}, "outcome", settings=quick)
    assert sum(len(y) for y in result.parts.y.values()) == 60
    assert "4 rows without outcome left out" in result.notes
    assert truths(result.parts.preparation, result.parts.tables["test"]).tolist() == result.parts.y["test"].tolist()


def test_a_built_in_table_knows_its_target():
    assert load("iris", None, Settings()).plan.name == "species"
    assert load("iris", "petal length (cm)", Settings()).plan.task == "regression"


def test_a_table_without_a_target_named_lists_its_columns(table):
    with pytest.raises(DataError, match=r"column to predict in patients\.csv.*--target.*one of: id, age"):
        train(table("outcome"))


def test_names_are_checked_before_any_data_are_read():
    with pytest.raises(ConfigError, match="did you mean 'relu'"):
        train("nowhere.csv", settings=Settings(activation="rellu"))


# Training that breaks down.


def exploding(epochs=50, learning_rate=1e6):
    return Settings(epochs=epochs, hidden=(4,), batch_size=16, optimizer="sgd", learning_rate=learning_rate)


@pytest.mark.parametrize("learning_rate", [1e6, 5.0], ids=["at once", "after some epochs"])
def test_a_training_that_was_never_good_diverges_with_nothing_to_keep(table, learning_rate):
    with pytest.raises(
        BrokenTrainingError, match=r"(?s)expected a finite loss.*What to do: a learning rate of"
    ) as caught:
        train(table("cost"), "cost", settings=exploding(learning_rate=learning_rate))
    assert caught.value.best_epoch is None


def test_a_training_that_breaks_down_late_gives_the_best_epochs_weights_back(table):
    from glassnet.callbacks import LambdaCallback

    models, kept = [], []

    def spoil(epoch, logs):
        kept.append((logs["val_loss"], models[0].get_weights()))
        if epoch in (8, 12):
            models[0].optimizer.learning_rate = np.float32(0.9 if epoch == 8 else 1e20)

    def watch(step, value):
        if step == "network":
            models.append(value)

    settings = Settings(epochs=50, hidden=(4,), batch_size=16, learning_rate=0.02, optimizer="sgd")
    with pytest.raises(BrokenTrainingError) as caught:
        train(
            table("cost", rows=200),
            "cost",
            settings=settings,
            watch=watch,
            callbacks=[LambdaCallback(on_epoch_end=spoil)],
        )
    best = min(range(len(kept)), key=lambda i: kept[i][0])
    assert caught.value.best_epoch == best + 1 < len(kept)
    assert all((a == b).all() for a, b in zip(models[0].get_weights(), kept[best][1], strict=True))


def test_a_finite_explosion_counts_as_diverged_too(table):
    result = train(table("cost"), "cost", settings=exploding(epochs=2, learning_rate=2.0))
    assert result.verdict.kind == "diverged" and result.diverged


def test_the_guess_is_made_of_the_training_rows_alone(binary, quick):
    y = binary.parts.y
    share = y["train"].mean()
    chances = np.where(y["validation"] == 1, share, 1 - share)
    assert guessed(binary.parts) == pytest.approx(-np.log(chances).mean())
    assert part(binary.loaded, quick).split.sentence() == binary.parts.split.sentence()
