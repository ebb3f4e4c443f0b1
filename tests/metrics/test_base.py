"""The stateful face, and metrics of a user's own."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import losses, metrics
from glassnet.foundation.errors import ConfigError

Y = np.array([[1.0], [2.0], [4.0]], "float32")
P = np.array([[1.0], [4.0], [8.0]], "float32")


def test_batches_add_up_until_the_reset():
    metric = metrics.MeanSquaredError()
    assert metric.result() == 0
    metric.update_state(Y, P)
    metric.update_state(Y, P, sample_weight=[1.0, 0.0, 0.0])
    assert metric.result() == 20 / 4
    assert [float(array) for array in metric.variables] == [20.0, 4.0]
    assert metric.total == 20.0 and metric.count == 4.0
    metric.reset_state()
    assert metric.result() == 0
    assert metric(Y, P) == 20 / 3
    assert metric(Y, P) == 20 / 3


def test_the_state_is_no_part_of_a_metric():
    used, fresh = metrics.Precision(), metrics.Precision()
    used.update_state([1, 0], [0.9, 0.8])
    assert used == fresh and hash(used) == hash(fresh) and used.get_config() == fresh.get_config()
    with pytest.raises(AttributeError, match="no attribute 'true_positives'"):
        fresh.true_positives
    np.testing.assert_array_equal(used.true_positives, [1.0])


def test_equal_metrics_share_what_was_compiled():
    traced = []

    def fn(y_true, y_pred):
        traced.append(1)
        return y_true - y_pred

    for _ in range(3):
        metrics.MeanMetricWrapper(fn).update_state(Y, P)
    assert len(traced) == 1


def test_state_as_wide_as_the_outputs_needs_their_shape():
    for metric in (metrics.R2Score(), metrics.F1Score(), metrics.CohenKappa()):
        with pytest.raises(ConfigError, match="Call init\\(target_shape, output_shape\\)"):
            metric.init()
    assert metrics.F1Score(average="micro").init()["true_positives"].shape == ()
    assert metrics.R2Score().init((None, 4), (None, 4))["mean"].shape == (4,)


class Worst(metrics.Metric):
    """As in the docstring of `Metric`."""

    def init(self, target_shape=None, output_shape=None):
        return {"worst": self.zeros()}

    def update(self, state, y_true, y_pred, sample_weight=None):
        error = jnp.abs(y_true - y_pred).max(-1)
        counts = True if sample_weight is None else sample_weight > 0
        return {"worst": jnp.maximum(state["worst"], jnp.where(counts, error, 0).max())}

    def compute(self, state):
        return state["worst"]


def test_a_metric_of_ones_own():
    metric = Worst()
    assert metric.name == "worst"
    assert metric(Y, P) == 4
    weights = np.array([1.0, 1.0, 0.0])
    assert jax.jit(lambda state: metric.compute(metric.update(state, Y, P, weights)))(metric.init()) == 2


@pytest.mark.parametrize("method", ["update_state", "result", "reset_state"])
def test_a_stateful_class_is_told_what_to_write(method):
    with pytest.raises(ConfigError, match="define init, update and compute.*`" + method):
        type("Mine", (metrics.MeanSquaredError,), {method: lambda self: None})


def test_keras_variables_are_told_what_to_write():
    class Mine(metrics.Metric):
        def __init__(self):
            super().__init__(name="mine")
            self.total = self.add_weight(shape=(), initializer="zeros", name="total")

    with pytest.raises(ConfigError, match="define init, update and compute"):
        Mine()


@pytest.mark.parametrize("call", [lambda m: m.init(), lambda m: m.update({}, Y, P), lambda m: m.compute({})])
def test_an_unfinished_metric_is_told_what_to_write(call):
    with pytest.raises(ConfigError, match="Write `init"):
        call(metrics.Metric())


# Functions and losses as metrics.


def test_a_plain_function_is_a_metric():
    def gap(y_true, y_pred):
        return jnp.abs(y_true - y_pred)[:, 0]

    metric = metrics.get(gap)
    assert metric.name == "gap" and metric == metrics.MeanMetricWrapper(gap)
    assert metric(Y, P, [1.0, 1.0, 0.0]) == 1.0


def test_settings_of_a_wrapped_function_belong_to_it():
    wide, narrow = (metrics.MeanMetricWrapper(losses.huber, delta=delta) for delta in (10.0, 1.0))
    assert wide != narrow and wide.name == "huber" and narrow == metrics.MeanMetricWrapper(losses.huber, delta=1.0)
    np.testing.assert_allclose(wide(Y, P), (0 + 2 + 8) / 3, rtol=1e-6)


def test_a_registered_function_is_saved_by_its_name():
    @metrics.metric_registry.register(name="gap_for_a_test")
    def gap(y_true, y_pred, scale=1.0):
        return scale * jnp.abs(y_true - y_pred)[:, 0]

    metric = metrics.MeanMetricWrapper("gap_for_a_test", scale=2.0)
    assert metric.get_config()["fn"] == "gap_for_a_test"
    assert metrics.deserialize(metrics.serialize(metric)) == metric
    assert metrics.get("gap_for_a_test") == metrics.MeanMetricWrapper(gap)


def test_a_loss_is_a_metric_of_its_values():
    metric = metrics.get(losses.Huber(delta=10.0))
    assert metric.name == "huber_loss"
    np.testing.assert_allclose(metric(Y, P, [1.0, 1.0, 0.0]), 1.0, rtol=1e-6)


def test_weights_by_step_count_steps():
    values, weights = np.float32([[1, 2], [3, 5]]), np.float32([[1, 0], [1, 1]])
    np.testing.assert_allclose(metrics.Mean()(values, weights), 9 / 3, rtol=1e-6)
    np.testing.assert_allclose(metrics.Mean()(values, weights[0]), 3 / 2, rtol=1e-6)
    np.testing.assert_allclose(metrics.Sum()(values, weights), 9, rtol=1e-6)
    assert metrics.Mean()(5.0) == 5
