"""The network that a table asks for."""

import pytest

from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.workbench import Settings
from glassnet.workbench.network import check_names, network_for

OUTPUTS = [
    ("classification", 2, 1, "sigmoid", "binary_crossentropy", "accuracy"),
    ("classification", 3, 3, "softmax", "sparse_categorical_crossentropy", "accuracy"),
    ("regression", 0, 1, "linear", "mse", "mae"),
]


@pytest.mark.parametrize(("task", "classes", "units", "activation", "loss", "metric"), OUTPUTS)
def test_the_task_decides_output_and_loss(task, classes, units, activation, loss, metric):
    model = network_for(task, 7, classes, Settings(hidden=(5,), dropout=0.25))
    assert [type(layer).__name__ for layer in model.layers] == ["Dense", "Dropout", "Dense"]
    assert model.layers[-1].units == units and model.layers[-1].activation.__name__ == activation
    assert (model._compiled.loss, model._compiled.metrics) == (loss, [metric])
    assert model.input_shape == (None, 7)


def test_no_hidden_layer_gives_a_linear_model():
    assert network_for("regression", 7, 0, Settings(hidden=())).count_params() == 8


def test_the_learning_rate_is_the_optimizers_own_unless_chosen():
    def rate(**chosen):
        return network_for("regression", 1, 0, Settings(hidden=(), **chosen)).optimizer.learning_rate

    assert rate() == 0.001 and rate(optimizer="sgd") == 0.01 and rate(optimizer="sgd", learning_rate=0.5) == 0.5


def test_the_seed_decides_the_initial_weights():
    a, b, c = (network_for("regression", 3, 0, Settings(hidden=(), seed=seed)).get_weights()[0] for seed in (1, 1, 2))
    assert (a == b).all() and (a != c).any()


@pytest.mark.parametrize(
    ("chosen", "meant"), [({"activation": "rellu"}, "'relu'"), ({"optimizer": "adma"}, "'adam'")], ids=str
)
def test_an_unknown_name_is_refused_with_the_nearest(chosen, meant):
    with pytest.raises(UnknownNameError, match=f"did you mean .*{meant}"):
        check_names(Settings(**chosen))


def test_an_optimizer_that_needs_more_than_a_name_is_refused():
    with pytest.raises(ConfigError, match="wraps an object"):
        check_names(Settings(optimizer="OptaxOptimizer"))


def test_a_network_that_would_fill_the_memory_is_refused():
    with pytest.raises(ConfigError, match=r"100,000,000 parameters.*Use fewer units"):
        network_for("regression", 3, 0, Settings(hidden=(100_000, 100_000)))
