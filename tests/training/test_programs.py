"""programs: compiled once for each recipe and shape, and found again by what they compute."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.layers import Dense, Dropout
from glassnet.models import readiness
from glassnet.optimizers import SGD, Adam
from glassnet.training import programs
from glassnet.training.rows import collect

KINDS = ["step_program", "start_program", "results_program", "epochs_program", "eval_program", "eval_step_program"]


def recipe_of(model, rows):
    return readiness.ready(model, *rows)


@pytest.mark.parametrize("kind", KINDS)
def test_models_alike_share_a_program(classifier, rows, kind):
    find = getattr(programs, kind)
    program = find(recipe_of(classifier(1), rows))
    alike = classifier(2, optimizer=Adam(0.5, name="mine"))
    assert find(recipe_of(alike, rows)) is program


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": SGD()},
        {"optimizer": Adam(beta_1=0.8)},
        {"optimizer": Adam(lambda step: 0.1)},
        {"loss": "mse"},
        {"metrics": ["accuracy", "mse"]},
        {"hidden": [Dropout(0.5)]},
        {"hidden": [Dense(5)]},
    ],
    ids=["optimizer", "its settings", "a schedule", "loss", "metrics", "dropout", "layer"],
)
def test_models_that_differ_have_programs_of_their_own(classifier, rows, changes):
    ours = recipe_of(classifier(), rows)
    other = recipe_of(classifier(**changes), rows)
    assert ours != other and programs.epochs_program(ours) is not programs.epochs_program(other)


def test_frozen_or_changed_layers_make_another_recipe(classifier, rows):
    model = classifier()
    before = recipe_of(model, rows)
    model.layers[0].trainable = False
    frozen = recipe_of(model, rows)
    assert frozen != before and len(frozen.blueprint.trains) == 2
    model.layers[0].trainable = True
    assert recipe_of(model, rows) == before
    model.layers[0].activation = jnp.tanh
    assert recipe_of(model, rows) != before


def test_a_second_model_compiles_nothing(classifier, rows, caplog):
    """Not in fit, evaluate or predict, and not for another number of epochs, learning rate or number of rows predicted."""

    def use(model, epochs, count):
        model.fit(*rows, epochs=epochs, validation_split=0.2, verbose=0)
        model.evaluate(*rows)
        return model.predict(rows[0][:count])

    use(classifier(1), 2, 70)
    caplog.clear()
    with jax.log_compiles(), caplog.at_level("DEBUG"):
        use(classifier(2, optimizer=Adam(0.01)), 7, 33)
        compiled = [record.getMessage() for record in caplog.records if "ompil" in record.getMessage()]
        assert not compiled, compiled
        jax.jit(lambda x: x + 41)(1.0)  # that this would be seen
    assert any("ompil" in record.getMessage() for record in caplog.records)


def test_a_program_is_compiled_once_a_shape_and_says_how_long_it_took():
    program = programs.Program(lambda x: 2 * x)
    double, seconds = program.compiled_for(np.ones(3, np.float32))
    assert seconds > 0
    np.testing.assert_array_equal(double(np.ones(3, np.float32)), [2, 2, 2])
    again, seconds = program.compiled_for(jnp.zeros(3))
    assert again is double and seconds == 0.0
    for other in (np.ones(4, np.float32), np.ones(3, np.int32), (np.ones(3, np.float32),)):
        assert program.compiled_for(other)[0] is not double


def test_forgetting_drops_every_program_and_loses_nothing(classifier, rows):
    model = classifier()
    recipe, predict = recipe_of(model, rows), programs.predict_program(model.blueprint())
    before = {kind: getattr(programs, kind)(recipe) for kind in KINDS}
    outputs = model.predict(rows[0])
    programs.forget()
    for kind in KINDS:
        assert getattr(programs, kind)(recipe) is not before[kind]
    assert programs.predict_program(model.blueprint()) is not predict
    np.testing.assert_array_equal(model.predict(rows[0]), outputs)


def test_rows_are_taken_by_number_and_minus_one_only_fills_up():
    rows = collect(np.arange(6).reshape(3, 2), np.arange(3), sample_weight=[1, 2, 3]).as_batch()
    batch = jax.jit(programs.take)(rows, np.array([2, 0, -1]))
    np.testing.assert_array_equal(batch.real, [1, 1, 0])
    np.testing.assert_array_equal(batch.x[:2], [[4, 5], [0, 1]])
    np.testing.assert_array_equal(batch.y[:2], [2, 0])
    np.testing.assert_array_equal(batch.weights[:2], [3, 1])
