"""Numbers taken out of a structure: which they are, and that what is left is the same for models that differ in them alone."""

import numpy as np

from glassnet import Input, Model, Sequential
from glassnet.layers import AlphaDropout, Dense, Dropout
from glassnet.regularizers import L1, L2, OrthogonalRegularizer
from glassnet.training.loosening import elastic, loose_numbers, loosened


def made(rate=0.1, penalty=None, units=3):
    return Sequential([Input((2,)), Dense(units, kernel_regularizer=penalty), Dropout(rate), Dense(1)], seed=0)


def test_structures_differ_in_what_is_left_only():
    places = list(loose_numbers(made()))
    blueprints = [loosened(made(*settings), places)[0] for settings in ((0.1, None), (0.9, L2(0.1)), (0.0, L1(0.5)))]
    assert len(set(blueprints)) == 1
    assert loosened(made(units=4), places)[0] != blueprints[0]
    assert loosened(made(0.1), [(2, "rate")])[0] != loosened(made(0.1, L2(0.1)), [(2, "rate")])[0]


def test_the_numbers_lie_beside_the_weights_and_the_model_stays_as_it_was():
    model = made(0.25, L2(0.125))
    before = model.blueprint()
    blueprint, own = loosened(model, [(1, "kernel_regularizer"), (2, "rate")])
    assert sorted(np.asarray(value).tolist() for value in own.values() if np.ndim(value)) == [[0.0, 0.125]]
    assert [float(value) for value in own.values() if not np.ndim(value)] == [0.75]
    params, rest = model.arrays()
    copy = blueprint.assemble(params, {**rest, **own})
    np.testing.assert_allclose(sum(copy.losses), sum(model.losses), rtol=1e-6)
    assert model.blueprint() == before and model.layers[1].rate == 0.25


def test_what_other_numbers_hang_on_stays_compiled_in():
    assert (1, "kernel_regularizer") not in loose_numbers(made(penalty=OrthogonalRegularizer()))
    assert (2, "rate") not in loose_numbers(Sequential([Input((2,)), Dense(1), AlphaDropout(0.2)]))


class Twice(Model):
    def __init__(self):
        super().__init__()
        self.first = Dense(2)
        self.second = self.first
        self.drop = Dropout(0.5)

    def call(self, x):
        return self.drop(self.second(self.first(x)))


def test_a_model_that_holds_a_layer_in_two_places_is_left_alone():
    model = Twice()
    model(np.ones((1, 2), "float32"))
    assert loosened(model, list(loose_numbers(model))) is None


def test_the_penalty_of_loose_strengths_is_the_sum_of_both():
    weight = np.float32([[1.0, -2.0]])
    assert float(elastic(weight, np.float32([0.5, 0.25]))) == float(L1(0.5)(weight) + L2(0.25)(weight))
