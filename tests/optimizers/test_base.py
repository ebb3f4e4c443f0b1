"""What every optimizer does: one table, one row a member."""

import json
from functools import cache
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import optimizers
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer
from glassnet.foundation.registry import Configurable, Registry
from glassnet.optimizers import SGD, Adam, AdamW, Lion, Nadam, Optimizer, OptimizerState

KERAS = json.loads((Path(__file__).parents[1] / "oracles" / "optimizers.json").read_text(encoding="utf-8"))["cases"]

# A member, arguments that are all other than the defaults, and rates at which it finds a parabola's and walks
# Rosenbrock's valley.
MEMBERS = {
    "SGD": ({"momentum": 0.5, "nesterov": True}, 0.1, 1e-4),
    "Adagrad": ({"initial_accumulator_value": 0.2, "epsilon": 1e-5}, 0.5, 0.05),
    "RMSprop": ({"rho": 0.8, "momentum": 0.1, "epsilon": 1e-5, "centered": True}, 0.01, 1e-3),
    "Adadelta": ({"rho": 0.8, "epsilon": 1e-5}, 2.0, 1.0),
    "Adam": ({"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-5, "amsgrad": True}, 0.05, 0.01),
    "AdamW": ({"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-5, "amsgrad": True, "weight_decay": 1e-3}, 0.05, 0.01),
    "Adamax": ({"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-5}, 0.05, 0.01),
    "Nadam": ({"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-5}, 0.05, 0.01),
    "Lion": ({"beta_1": 0.8, "beta_2": 0.9}, 0.01, 5e-3),
    "Ftrl": ({"learning_rate_power": -0.4, "initial_accumulator_value": 0.2, "beta": 0.1}, 0.5, 0.05),
    "Adafactor": (
        {
            "beta_2_decay": -0.6,
            "epsilon_1": 1e-20,
            "epsilon_2": 0.01,
            "clip_threshold": 0.9,
            "relative_step": False,
        },
        0.02,
        0.01,
    ),
    "Lamb": ({"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-5}, 0.01, 0.01),
    "RAdam": ({"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-5}, 0.05, 0.005),
    "ScheduleFreeAdamW": ({"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-5, "warmup_steps": 5}, 0.1, 0.02),
    "Muon": (
        {
            "adam_beta_1": 0.8,
            "adam_beta_2": 0.9,
            "adam_weight_decay": 1e-3,
            "epsilon": 1e-5,
            "weight_decay": 2e-3,
            "exclude_layers": ["nothing"],
            "exclude_embeddings": False,
            "muon_a": 3.0,
            "muon_b": -3.2,
            "muon_c": 1.2,
            "adam_lr_ratio": 2.0,
            "momentum": 0.5,
            "ns_steps": 4,
            "nesterov": False,
            "rms_rate": 0.3,
        },
        0.02,
        0.02,
    ),
}
ALL = pytest.mark.parametrize("name", MEMBERS)


def make(name, /, **arguments):
    return getattr(optimizers, name)(**{**MEMBERS[name][0], **arguments})


@cache
def compiled(bare):
    """A step with the rate as an argument, compiled once for all optimizers that are equal without their rates."""
    return jax.jit(lambda params, grads, state, rate: bare.step(params, grads, state, rate))


def run(optimizer, params, gradient, steps, rate=None):
    """The weights after some steps of the compiled rule; `gradient` turns (weights, step) into gradients."""
    step, state = compiled(optimizer.without_rate()), optimizer.init(params)
    for i in range(steps):
        params, state = step(params, gradient(params, i), state, rate or optimizer.rate_at(i))
    return params, state


def drawn(steps=12):
    """Weights and gradients as the stored numbers' script draws them."""
    draw = np.random.RandomState(2)
    params = {k: draw.uniform(-1, 1, shape).astype("float32") for k, shape in (("kernel", (4, 3)), ("bias", (3,)))}
    grads = [{k: draw.normal(size=w.shape).astype("float32") for k, w in params.items()} for _ in range(steps)]
    return params, grads


def test_the_table_names_every_public_optimizer():
    public = {n for n in optimizers.__all__ if isinstance(getattr(optimizers, n), type)}
    around = {"OptaxOptimizer", "Lookahead", "LossScaleOptimizer"}  # each has a file of its own
    assert public - {"Optimizer", "OptimizerState"} - around == set(MEMBERS)
    assert {case["class"] for case in KERAS} == set(MEMBERS) - {"RAdam"}


@pytest.mark.parametrize("case", KERAS, ids=lambda case: f"{case['class']}-{'-'.join(case['arguments'])}")
def test_twelve_steps_end_where_keras_ends(case):
    arguments = dict(case["arguments"])
    excluded = arguments.pop("exclude", None)
    if isinstance(arguments.get("learning_rate"), dict):
        schedule = arguments["learning_rate"]
        arguments["learning_rate"] = lambda step: schedule["start"] * schedule["factor"] ** step
    optimizer = getattr(optimizers, case["class"])(**arguments)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    params, grads = drawn()
    state, after = optimizer.init(params), {}
    for step, g in enumerate(grads, 1):
        params, state = optimizer.step(params, g, state)
        after[str(step)] = params
    assert state.step == 12
    after["final"] = optimizer.averaged(params, state)
    for when, expected in case["after"].items():
        for path, numbers in expected.items():
            np.testing.assert_allclose(np.ravel(after[when][path]), numbers, rtol=2e-5, atol=5e-6, err_msg=when)
    assert optimizer.ends_averaged == ("final" in case["after"])


@ALL
def test_a_parabola_is_descended_to_its_lowest_point(name):
    params, _ = drawn()
    lowest = {"kernel": np.float32(0.3), "bias": np.float32(-0.2)}
    rate = MEMBERS[name][1]
    after, _ = run(make(name), params, lambda w, _: {k: np.asarray(w[k]) - lowest[k] for k in w}, 400, rate)
    for path, w in after.items():
        np.testing.assert_allclose(w, lowest[path], atol=0.02)


@ALL
def test_rosenbrocks_valley_is_walked_down(name):
    def height(params):
        x, y = np.asarray(params["kernel"], float).reshape(2, 6)
        return np.sum(100 * (y - x**2) ** 2 + (1 - x) ** 2)

    def slope(params, _):
        x, y = np.asarray(params["kernel"]).reshape(2, 6)
        by_x = -400 * x * (y - x**2) - 2 * (1 - x)
        return {"kernel": np.stack([by_x, 200 * (y - x**2)]).reshape(4, 3), "bias": np.zeros(3, "float32")}

    params, _ = drawn()
    after, _ = run(make(name), params, slope, 200, MEMBERS[name][2])
    assert height(after) < 0.2 * height(params)


@ALL
def test_a_small_net_learns(name):
    """tanh(x W + b), taught by another such net."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(30, 4)).astype("float32")
    y = np.tanh(x @ draw.uniform(-1, 1, (4, 3)) + [0.5, 0.0, -0.5])

    def loss_and_slopes(w):
        out = np.tanh(x @ np.asarray(w["kernel"]) + np.asarray(w["bias"]))
        down = np.float32(2 * (out - y) * (1 - out**2) / len(x))
        return np.mean((out - y) ** 2), {"kernel": x.T @ down, "bias": down.sum(0)}

    params, _ = drawn()
    after, _ = run(make(name), params, lambda w, _: loss_and_slopes(w)[1], 150, MEMBERS[name][1])
    assert loss_and_slopes(after)[0] < 0.15 * loss_and_slopes(params)[0]


@ALL
def test_compiled_and_eager_agree(name):
    optimizer = make(name, learning_rate=0.1)
    params, grads = drawn(3)
    fast, _ = run(optimizer, params, lambda _, i: grads[i], 3)
    slow, state = params, optimizer.init(params)
    for g in grads:
        slow, state = optimizer.step(slow, g, state)
    for path in params:
        np.testing.assert_allclose(fast[path], slow[path], rtol=1e-5, atol=1e-6)


@ALL
def test_many_learning_rates_run_as_one_program(name):
    optimizer = make(name).without_rate()
    params, grads = drawn(2)
    params, state = run(make(name), params, lambda _, i: grads[i], 1, 0.1)
    rates = np.float32([0.01, 0.1])
    together = jax.jit(jax.vmap(lambda rate: optimizer.step(params, grads[1], state, rate)[0]))(rates)
    for row, rate in enumerate(rates):
        alone, _ = compiled(optimizer)(params, grads[1], state, rate)
        for path in params:
            np.testing.assert_allclose(together[path][row], alone[path], rtol=1e-5, atol=1e-6)


@ALL
def test_the_rule_has_no_preferred_sign(name):
    optimizer = make(name)
    params, grads = drawn(3)
    there, _ = run(optimizer, params, lambda _, i: grads[i], 3, 0.1)
    mirrored = jax.tree.map(np.negative, params)
    back, _ = run(optimizer, mirrored, lambda _, i: jax.tree.map(np.negative, grads[i]), 3, 0.1)
    for path in params:
        np.testing.assert_array_equal(there[path], -back[path])


@ALL
def test_a_configuration_makes_an_equal_optimizer(name):
    optimizer = make(name, learning_rate=0.25, name="mine", clipnorm=2.0, weight_decay=0.01)
    optimizer.exclude_from_weight_decay(var_list=["dense/bias"], var_names=["gamma", "beta"])
    config = json.loads(json.dumps(optimizers.serialize(optimizer)))
    again = optimizers.deserialize(config)
    assert type(again) is type(optimizer)
    assert again == optimizer and hash(again) == hash(optimizer)
    assert again.get_config() == optimizer.get_config()
    assert again.get_config().items() >= {**MEMBERS[name][0], "weight_decay": 0.01, "name": "mine"}.items()
    assert again != make(name, learning_rate=0.25, clipnorm=2.0, weight_decay=0.01)


@ALL
def test_every_argument_shows_and_is_an_attribute(name):
    optimizer = make(name)
    for argument, value in MEMBERS[name][0].items():
        assert getattr(optimizer, argument) == value
        assert f"{argument}={value}" in repr(optimizer)
    assert repr(getattr(optimizers, name)()) == f"{name}()"
    assert optimizer.name == name.lower()


@ALL
def test_starting_makes_zeros_on_the_host_like_the_weights(name):
    params, _ = drawn()
    optimizer = make(name)
    state = optimizer.init(params)
    assert isinstance(state, OptimizerState) and state.step == 0 and state.step.dtype == np.int32
    assert set(state.slots) == set(params)
    assert all(type(leaf) is np.ndarray for leaf in jax.tree.leaves(state))  # nothing was compiled or sent to a device
    traced = jax.eval_shape(optimizer.init, params)
    assert jax.tree.map(np.shape, state) == jax.tree.map(lambda leaf: leaf.shape, traced)


@ALL
def test_a_program_is_shared_by_optimizers_that_differ_in_rate_and_name_only(name):
    one, other = make(name, learning_rate=0.1), make(name, learning_rate=0.2, name="mine")
    assert one != other
    assert one.without_rate() == other.without_rate()
    assert hash(one.without_rate()) == hash(other.without_rate())
    assert one.learning_rate == 0.1 and other.name == "mine"
    key = next(iter(MEMBERS[name][0]))
    assert one.without_rate() != getattr(optimizers, name)(learning_rate=0.1).without_rate(), key


@ALL
@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rate": -0.1},
        {"learning_rate": float("nan")},
        {"learning_rate": float("inf")},
        {"learning_rate": "fast"},
        {"learning_rate": True},
        {"weight_decay": -1.0},
        {"clipnorm": 0.0},
        {"clipvalue": -1.0},
        {"global_clipnorm": float("inf")},
        {"clipnorm": 1.0, "global_clipnorm": 1.0},
        {"lr": 0.1},
    ],
    ids=str,
)
def test_arguments_out_of_range_are_refused(name, wrong):
    with pytest.raises(ConfigError, match=r"Received|did you mean 'learning_rate'"):
        make(name, **wrong)


@pytest.mark.parametrize(
    ("name", "argument", "values"),
    [
        ("SGD", "momentum", (-0.1, 1.1)),
        ("RMSprop", "rho", (-0.1, 1.0)),
        ("RMSprop", "momentum", (-0.1, 1.1)),
        ("RMSprop", "epsilon", (-1e-7,)),
        ("Adadelta", "rho", (-0.1, 1.0)),
        ("Adadelta", "epsilon", (-1e-7,)),
        ("Adagrad", "initial_accumulator_value", (-0.1,)),
        ("Adagrad", "epsilon", (-1e-7,)),
        *(
            (name, beta, (-0.1, 1.0, "half"))
            for name in ("Adam", "AdamW", "Adamax", "Nadam")
            for beta in ("beta_1", "beta_2")
        ),
        *((name, "epsilon", (-1e-7,)) for name in ("Adam", "AdamW", "Adamax", "Nadam")),
        ("AdamW", "weight_decay", (None, -1.0)),
        ("Lion", "beta_1", (0.0, 1.1)),
        ("Lion", "beta_2", (-0.1, 1.0)),
        ("Ftrl", "learning_rate", (0.0,)),
        ("Ftrl", "learning_rate_power", (0.5, "slow")),
        ("Ftrl", "initial_accumulator_value", (-0.1,)),
        ("Ftrl", "l1_regularization_strength", (-0.1,)),
        ("Ftrl", "l2_regularization_strength", (-0.1,)),
        ("Ftrl", "l2_shrinkage_regularization_strength", (-0.1,)),
        ("Ftrl", "beta", (-0.1,)),
    ],
)
def test_a_rules_own_arguments_are_checked(name, argument, values):
    for value in values:
        with pytest.raises(ConfigError, match=f"{name} expected `{argument}`"):
            getattr(optimizers, name)(**{argument: value})


def test_the_learning_rate_can_be_assigned_and_overruled():
    optimizer = SGD(0.5)
    w = np.float32([1.0])
    after, state = optimizer.step(w, w, optimizer.init(w))
    assert after == 0.5
    optimizer.learning_rate = 0.25
    assert optimizer.step(w, w, state)[0] == 0.75
    assert optimizer.step(w, w, state, learning_rate=1)[0] == 0.0
    assert optimizer.get_config()["learning_rate"] == 0.25
    for array in (np.float32(0.125), np.array(0.125), jnp.float32(0.125)):
        optimizer.learning_rate = array
        assert optimizer.get_config()["learning_rate"] == 0.125
        assert type(optimizer.get_config()["learning_rate"]) is float
    assert optimizer.without_rate().get_config()["learning_rate"] is None


def test_a_schedule_is_part_of_the_configuration():
    @Registry("schedule of this test").register()
    class Halving(Configurable):
        def __init__(self, start):
            self.start = start

        def __call__(self, step):
            return self.start * 0.5**step

    optimizer = Adam(Halving(0.5))
    again = optimizers.deserialize(json.loads(json.dumps(optimizers.serialize(optimizer))))
    assert again == optimizer == optimizer.without_rate()
    assert again.rate_at(1) == 0.25


def test_a_schedule_is_asked_with_the_number_of_steps_done():
    optimizer = SGD(lambda step: jnp.asarray([0.5, 0.25, 0.125])[step])
    assert optimizer.without_rate() == optimizer
    w, state = np.float32([0.0]), optimizer.init(np.float32([0.0]))
    step = jax.jit(optimizer.step)
    seen = []
    for _ in range(3):
        w, state = step(w, np.float32([-1.0]), state)
        seen.append(float(w[0]))
    assert seen == [0.5, 0.75, 0.875]


def test_without_a_rate_a_step_says_so():
    w = np.float32([1.0])
    bare = SGD().without_rate()
    with pytest.raises(ConfigError, match="Expected a learning rate"):
        bare.step(w, w, bare.init(w))
    with pytest.raises(ConfigError, match=r"one number. Received an array of shape \(2,\).* jax.vmap"):
        bare.step(w, w, bare.init(w), np.float32([0.1, 0.2]))


def test_steps_run_inside_a_scan():
    optimizer = Nadam(0.1)
    params, grads = drawn(4)

    def body(carry, g):
        return optimizer.step(carry[0], g, carry[1]), None

    stacked = jax.tree.map(lambda *g: np.stack(g), *grads)
    (after, state), _ = jax.jit(lambda p: jax.lax.scan(body, (p, optimizer.init(p)), stacked))(params)
    alone, _ = run(optimizer, params, lambda _, i: grads[i], 4)
    assert state.step == 4
    np.testing.assert_allclose(after["kernel"], alone["kernel"], rtol=1e-5, atol=1e-6)


def test_starting_works_for_many_models_at_once():
    stacked = {"w": np.zeros((3, 2), "float32")}
    state = jax.vmap(lambda p: Adam().init(p))(stacked)
    assert state.slots["w"]["momentum"].shape == (3, 2)


def test_any_tree_will_do_and_a_layer_too():
    class Scale(Layer):
        def build(self, input_shape):
            self.factor = self.add_weight("factor", (input_shape[-1],), initializer=lambda s, dtype: np.ones(s, dtype))

        def call(self, x):
            return x * self.factor

    layer, x = Scale(), np.ones((1, 2), "float32")
    layer(x)
    grads = jax.grad(lambda model: model(x).sum())(layer)
    after, _ = SGD(0.5).step(layer, grads, SGD().init(layer))
    assert isinstance(after, Scale)
    np.testing.assert_array_equal(after.factor, [0.5, 0.5])

    nested = [{"a": np.float32(1.0)}, (np.float32([2.0]), [])]
    after, _ = SGD(0.5).step(nested, nested, SGD().init(nested))
    assert jax.tree.map(lambda w: w.item(), after) == [{"a": 0.5}, (1.0, [])]


def test_a_weight_without_a_gradient_stays_as_it_is():
    optimizer = SGD(0.5, momentum=0.9, weight_decay=0.1, global_clipnorm=100.0)
    params = {"a": np.float32([1.0]), "b": np.float32([1.0])}
    for grads in ({"a": np.float32([1.0])}, {"a": np.float32([1.0]), "b": None}):
        after, state = optimizer.step(params, grads, optimizer.init(params))
        assert after["a"] < 1 and after["b"] == 1
        assert state.slots["b"]["momentum"] == 0
    with pytest.raises(ConfigError, match="at least one weight"):
        optimizer.step(params, {}, optimizer.init(params))


def test_gradients_that_do_not_fit_are_refused():
    optimizer, params = SGD(), {"dense/kernel": np.zeros((2, 3), "float32")}
    state = optimizer.init(params)
    with pytest.raises(ShapeError, match=r"'dense/kernel' expected .* \(2, 3\). Received \(3,\)"):
        optimizer.step(params, {"dense/kernel": np.zeros(3, "float32")}, state)
    with pytest.raises(ConfigError, match=r"'dense/kernel'\. Received one for 'dense/kernle'"):
        optimizer.step(params, {"dense/kernle": np.zeros((2, 3), "float32")}, state)
    with pytest.raises(ConfigError, match="same structure"):
        optimizer.step(params, [np.zeros((2, 3), "float32")], state)
    with pytest.raises(ConfigError, match=r"float type. Received int64 at 'a/0'"):
        optimizer.init({"a": [np.arange(3)]})


def test_types_do_not_drift():
    params = {"w": jnp.ones(3, jnp.bfloat16)}
    optimizer = AdamW(0.1, amsgrad=True, global_clipnorm=1.0)
    grads = {"w": np.ones(3, "float32")}
    for rate in (0.1, jnp.float32(0.1)):
        after, state = jax.jit(optimizer.step)(params, grads, optimizer.init(params), rate)
        assert {leaf.dtype for leaf in jax.tree.leaves((after, state.slots))} == {jnp.dtype("bfloat16")}
        np.testing.assert_allclose(after["w"].astype("float32"), 0.9, atol=0.01)


def test_weight_decay_leaves_out_what_it_is_told_to():
    params = {path: np.float32([1.0]) for path in ("dense/kernel", "dense/bias", "norm/gamma", "head/bias")}
    zeros = {path: np.float32([0.0]) for path in params}

    def decayed(**excluded):
        optimizer = SGD(0.5, weight_decay=0.5)
        optimizer.exclude_from_weight_decay(**excluded)
        after, _ = optimizer.step(params, zeros, optimizer.init(params))
        assert {float(w[0]) for w in after.values()} <= {1.0, 0.75}
        return {path for path, w in after.items() if w < 1}

    assert decayed() == set(params)
    assert decayed(var_names=["bias"]) == {"dense/kernel", "norm/gamma"}
    assert decayed(var_list=["head/bias"]) == {"dense/kernel", "dense/bias", "norm/gamma"}
    assert decayed(var_list=["head/bias"], var_names=["norm/"]) == {"dense/kernel", "dense/bias"}
    for wrong in ("bias", [np.ones(1)], [""]):
        with pytest.raises(ConfigError, match=r"as strings. Received"):
            SGD().exclude_from_weight_decay(var_names=wrong)


def test_exclusions_belong_to_what_a_program_depends_on():
    plain, excluding = SGD(weight_decay=0.1), SGD(weight_decay=0.1)
    excluding.exclude_from_weight_decay(var_names=["bias"])
    assert plain.without_rate() != excluding.without_rate()
    assert "exclude_from_weight_decay" not in plain.get_config()


def test_an_optimizer_of_ones_own_is_a_rule_for_one_array():
    class SignDescent(Optimizer):
        def update_one(self, w, g, slots, learning_rate, step):
            assert g.dtype == w.dtype and g.shape == w.shape
            return w - learning_rate * jnp.sign(g) / step, slots

    params = {"w": np.float32([1.0, 1.0])}
    optimizer = SignDescent(0.5)
    after, state = optimizer.step(params, {"w": np.array([3, -3])}, optimizer.init(params))
    after, state = optimizer.step(after, {"w": np.float32([3.0, -3.0])}, state)
    np.testing.assert_array_equal(after["w"], [0.25, 1.75])
    with pytest.raises(ConfigError, match="define `update_one"):
        Optimizer().step(params, params, Optimizer().init(params))


def test_unknown_arguments_get_a_suggestion():
    with pytest.raises(ConfigError, match="no argument 'momentun'; did you mean 'momentum'"):
        SGD(momentun=0.9)
    with pytest.raises(ConfigError, match="no argument 'lr'; did you mean 'learning_rate'"):
        Lion(lr=0.1)


def test_get_accepts_what_a_user_may_give():
    for name in MEMBERS:
        for spelling in (name, name.lower(), name.upper()):
            assert type(optimizers.get(spelling)).__name__ == name
    made = Adam(0.5)
    assert optimizers.get(made) is made
    assert optimizers.get(Adam) == Adam()
    assert optimizers.get({"class_name": "adam", "config": {"learning_rate": 0.5}}) == made
    assert optimizers.get(optimizers.serialize(made)) == made
    with pytest.raises(ConfigError, match="did you mean 'adam"):
        optimizers.get("adm")
    for wrong in (None, 3, len, {"learning_rate": 0.1}):
        with pytest.raises(ConfigError, match="Received"):
            optimizers.get(wrong)
