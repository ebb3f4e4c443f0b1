"""Every schedule: one table, one row a member; then the numbers of Keras and PyTorch, and what is each one's own."""

import dataclasses
import json
import math
from functools import cache
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import optimizers, schedules
from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.optimizers import SGD
from glassnet.schedules import (
    Constant,
    CosineDecay,
    CosineDecayRestarts,
    CyclicalLearningRate,
    ExponentialDecay,
    InverseTimeDecay,
    NaturalExponentialDecay,
    OneCycle,
    OneCycleMomentum,
    PerEpoch,
    PiecewiseConstantDecay,
    PolynomialDecay,
    StepDecay,
    WarmUp,
)

ORACLES = Path(__file__).parents[1] / "oracles"
KERAS = json.loads((ORACLES / "schedules.json").read_text(encoding="utf-8"))
PYTORCH = json.loads((ORACLES / "pytorch.json").read_text(encoding="utf-8"))

# A member, with arguments that are all other than the defaults; each is used as it is here.
MEMBERS = {
    "Constant": {"learning_rate": 0.2},
    "StepDecay": {"initial_learning_rate": 0.2, "drop": 0.3, "every": 7},
    "ExponentialDecay": {
        "initial_learning_rate": 0.2,
        "decay_steps": 7,
        "decay_rate": 0.5,
        "staircase": True,
        "name": "mine",
    },
    "NaturalExponentialDecay": {"initial_learning_rate": 0.2, "decay_rate": 0.1},
    "InverseTimeDecay": {
        "initial_learning_rate": 0.2,
        "decay_steps": 7,
        "decay_rate": 0.5,
        "staircase": True,
        "name": "mine",
    },
    "PolynomialDecay": {
        "initial_learning_rate": 0.2,
        "decay_steps": 9,
        "end_learning_rate": 0.01,
        "power": 0.5,
        "cycle": True,
        "name": "mine",
    },
    "PiecewiseConstantDecay": {"boundaries": [7, 12.5], "values": [0.2, 0.3, 0.1], "name": "mine"},
    "CosineDecay": {
        "initial_learning_rate": 0.01,
        "decay_steps": 20,
        "alpha": 0.1,
        "name": "mine",
        "warmup_target": 0.2,
        "warmup_steps": 5,
    },
    "CosineDecayRestarts": {
        "initial_learning_rate": 0.2,
        "first_decay_steps": 7,
        "t_mul": 3.0,
        "m_mul": 0.5,
        "alpha": 0.1,
        "name": "mine",
    },
    "CyclicalLearningRate": {
        "initial_learning_rate": 0.01,
        "maximal_learning_rate": 0.2,
        "step_size": 5,
        "mode": "exp_range",
        "gamma": 0.9,
        "name": "mine",
    },
    "OneCycle": {
        "maximal_learning_rate": 0.2,
        "total_steps": 30,
        "warmup_share": 0.4,
        "initial_divisor": 10.0,
        "final_divisor": 100.0,
        "shape": "linear",
        "three_phases": True,
        "name": "mine",
    },
    "OneCycleMomentum": {
        "total_steps": 30,
        "maximal": 0.9,
        "minimal": 0.5,
        "warmup_share": 0.4,
        "shape": "linear",
        "three_phases": True,
    },
    "WarmUp": {"schedule": CosineDecay(0.2, 20), "steps": 5, "start": 0.01},
    "PerEpoch": {"schedule": StepDecay(0.2, 0.5, 2), "steps_per_epoch": 5, "whole": False},
}
ALL = pytest.mark.parametrize("name", MEMBERS)
T = np.arange(40)


def make(name):
    return getattr(schedules, name)(**MEMBERS[name])


@cache
def compiled(schedule):
    return jax.jit(schedule)


def test_the_table_names_every_public_schedule():
    public = {n for n in schedules.__all__ if isinstance(getattr(schedules, n), type)}
    assert public - {"LearningRateSchedule"} == set(MEMBERS)
    assert {case["class"] for case in KERAS["cases"]} <= set(MEMBERS)
    assert optimizers.schedules.__all__ == schedules.__all__
    assert optimizers.schedules.CosineDecay is CosineDecay


@ALL
def test_a_whole_array_a_single_step_and_a_traced_one_give_the_same_rates(name):
    schedule = make(name)
    rates = schedule(T)
    assert rates.shape == T.shape and np.all(np.isfinite(rates)) and np.all(rates >= 0)
    single = [schedule(int(t)) for t in T]
    assert all(type(rate) is float for rate in single)
    np.testing.assert_allclose(single, rates, rtol=1e-12)
    assert type(schedule(T[3])) is float and schedule(T.reshape(4, 10)).shape == (4, 10)
    traced = compiled(schedule)(jnp.asarray(T))
    assert traced.dtype == np.float32
    np.testing.assert_allclose(traced, rates, rtol=2e-6, atol=1e-7)
    np.testing.assert_allclose(compiled(schedule)(jnp.int32(11)), rates[11], rtol=2e-6, atol=1e-7)
    assert float(schedule) == schedule(0)


@ALL
def test_a_configuration_makes_an_equal_schedule(name):
    schedule = make(name)
    config = json.loads(json.dumps(schedules.serialize(schedule)))
    again = schedules.deserialize(config)
    assert again == schedule and hash(again) == hash(schedule) and type(again) is type(schedule)
    keras_like = {"module": "keras.optimizers.schedules", "registered_name": None, **config}
    assert schedules.get(keras_like) == schedule
    given = {argument: schedules.serialize(v) if callable(v) else v for argument, v in MEMBERS[name].items()}
    assert schedule.get_config().items() >= given.items()


@ALL
def test_every_argument_shows_counts_and_stays(name):
    schedule = make(name)
    required = {f.name for f in dataclasses.fields(schedule) if f.default is dataclasses.MISSING}
    assert eval(repr(schedule), vars(schedules)) == schedule
    for argument, value in MEMBERS[name].items():
        assert f"{argument}=" in repr(schedule)
        with pytest.raises(AttributeError, match="cannot assign"):
            setattr(schedule, argument, value)
        if argument not in required | {"warmup_target"}:  # which a warm-up cannot do without
            others = {k: v for k, v in MEMBERS[name].items() if k != argument}
            assert getattr(schedules, name)(**others) != schedule


@ALL
def test_every_optimizer_may_be_given_it(name):
    schedule = make(name)
    optimizer = SGD(schedule)
    assert optimizer.learning_rate is schedule and optimizer.without_rate() == optimizer
    again = optimizers.deserialize(json.loads(json.dumps(optimizers.serialize(optimizer))))
    assert again == optimizer == SGD(schedules.serialize(schedule))
    w, state = np.float32([0.0]), optimizer.init(np.float32([0.0]))
    for step in range(3):
        before = w
        w, state = optimizer.step(w, np.float32([-1.0]), state)
        np.testing.assert_allclose(w - before, schedule(step), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(
    "case", KERAS["cases"], ids=lambda case: f"{case['class']}-{case['arguments']}-{case['keywords']}"
)
def test_the_rates_are_keras(case):
    schedule = getattr(schedules, case["class"])(*case["arguments"], **case["keywords"])
    np.testing.assert_allclose(schedule(np.array(KERAS["steps"])), case["rates"], rtol=2e-5, atol=1e-7)


@pytest.mark.parametrize("case", PYTORCH["cyclic"], ids=lambda case: case["arguments"]["mode"])
def test_cycles_are_pytorchs(case):
    given = case["arguments"]
    low, high, half = given["base_lr"], given["max_lr"], given["step_size_up"]
    schedule = CyclicalLearningRate(low, high, half, given["mode"], given.get("gamma", 1.0))
    np.testing.assert_allclose(schedule(T), case["rates"], rtol=1e-6)


@pytest.mark.parametrize("case", PYTORCH["one_cycle"], ids=lambda case: "-".join(case["arguments"]))
def test_one_cycle_is_pytorchs_in_rate_and_momentum(case):
    names = {
        "max_lr": "maximal_learning_rate",
        "pct_start": "warmup_share",
        "anneal_strategy": "shape",
        "div_factor": "initial_divisor",
        "final_div_factor": "final_divisor",
        "three_phase": "three_phases",
    }
    cycle = OneCycle(**{names.get(name, name): value for name, value in case["arguments"].items()})
    np.testing.assert_allclose(cycle(T), case["rates"], rtol=1e-6)
    np.testing.assert_allclose(cycle.momentum()(T), case["momenta"], rtol=1e-6)
    assert cycle(1000) == pytest.approx(case["rates"][-1]) and cycle.momentum()(1000) == 0.95
    assert cycle.momentum(0.9, 0.8) == OneCycleMomentum(
        40, 0.9, 0.8, cycle.warmup_share, cycle.shape, cycle.three_phases
    )


def test_the_formulas_of_textbooks():
    assert StepDecay(0.8, 0.5, 3)(T).tolist() == [0.8 * 0.5 ** (t // 3) for t in T]
    np.testing.assert_allclose(NaturalExponentialDecay(0.8, 0.05)(T), [0.8 * math.exp(-0.05 * t) for t in T])
    np.testing.assert_allclose(InverseTimeDecay(0.8, decay_rate=0.05)(T), [0.8 / (1 + 0.05 * t) for t in T])
    np.testing.assert_allclose(ExponentialDecay(0.8, 1, math.exp(-0.05))(T), NaturalExponentialDecay(0.8, 0.05)(T))


@pytest.mark.parametrize("every", [3, 10, 41, 49, 98, 107])
def test_whole_periods_begin_exactly_on_time_when_compiled(every):
    """A compiled division by a constant is a product with its rounded inverse; 41 · (1/41) is below 1."""
    t = jnp.arange(0, 1000 * every, every)
    for schedule in (
        StepDecay(1.0, 0.999, every),
        ExponentialDecay(1.0, every, 0.999, staircase=True),
        InverseTimeDecay(1.0, every, 1.0, staircase=True),
        PerEpoch(InverseTimeDecay(1.0), every),
    ):
        periods = np.arange(1000)
        inverse = isinstance(schedule, InverseTimeDecay | PerEpoch)
        wanted = 1 / (1 + periods) if inverse else 0.999**periods
        np.testing.assert_allclose(jax.jit(schedule)(t), wanted, rtol=2e-5)


@pytest.mark.parametrize("tau", [1.0, 1.5, 2.0, 3.0, 10.0])
def test_restarts_are_on_time(tau):
    schedule = CosineDecayRestarts(1.0, 10, t_mul=tau)
    starts = np.cumsum([0.0] + [10 * tau**i for i in range(5)])
    starts = starts[starts == np.round(starts)].astype(int)
    assert len(starts) > 2 or tau == 1.5
    for rates in (schedule(starts), compiled(schedule)(jnp.asarray(starts))):
        np.testing.assert_allclose(rates, 1.0, rtol=1e-6)
    for rates in (schedule(starts[1:] - 1), compiled(schedule)(jnp.asarray(starts[1:] - 1))):
        assert np.all(rates < 0.03)


def test_a_polynomial_never_leaves_its_range_when_compiled():
    schedule = PolynomialDecay(1.0, 41, end_learning_rate=0.0, power=0.5)
    rates = np.asarray(compiled(schedule)(jnp.arange(100)))
    assert np.all((rates >= 0) & (rates <= 1)) and rates[41] == 0


def test_a_warm_up_goes_in_front_of_anything():
    inner = CosineDecay(0.8, 20)
    rates = WarmUp(inner, 4, start=0.2)(T)
    np.testing.assert_allclose(rates[:5], [0.2, 0.35, 0.5, 0.65, 0.8])
    np.testing.assert_allclose(rates[4:], inner(T[:36]))
    assert WarmUp(0.5, 2)(T[:4]).tolist() == [0.0, 0.25, 0.5, 0.5]
    assert WarmUp(0.5, 2) == WarmUp(Constant(0.5), 2)
    assert WarmUp(lambda t: 1 / (1 + t), 2)(T[:4]).tolist() == [0.0, 0.5, 1.0, 0.5]
    twice = WarmUp(WarmUp(1.0, 2, start=0.5), 2)
    assert twice(T[:6]).tolist() == [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]


def test_time_is_counted_in_epochs_when_told():
    schedule = PerEpoch(PiecewiseConstantDecay([1, 2], [0.4, 0.2, 0.1]), steps_per_epoch=3)
    assert schedule(T[:10]).tolist() == [0.4] * 6 + [0.2] * 3 + [0.1]
    within = PerEpoch(PolynomialDecay(1.0, 2, 0.0), steps_per_epoch=2, whole=False)
    assert within(T[:5]).tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert schedules.steps_per_epoch(70) == 3 and schedules.steps_per_epoch(64, batch_size=16) == 4
    with pytest.raises(ConfigError, match="`rows` to be a whole number"):
        schedules.steps_per_epoch(0)


def test_a_schedule_of_ones_own_needs_a_formula_only():
    class Halving(schedules.LearningRateSchedule):
        def __init__(self, start):
            self.start = start

        def rate(self, t, xp):
            return self.start * 0.5**t

    class KerasStyle(schedules.LearningRateSchedule):
        def __init__(self, start):
            self.start = start

        def __call__(self, step):
            return self.start / (step + 1)

    for cls, second in ((Halving, 0.25), (KerasStyle, 0.25)):
        assert cls(0.5)(1) == second and cls(0.5) == cls(0.5) != cls(0.25)
        w = np.float32([0.0])
        after, _ = SGD(cls(0.5)).step(w, np.float32([-1.0]), SGD().init(w))
        assert after == 0.5 and float(cls(0.5)) == 0.5
    with pytest.raises(ConfigError, match="to define `rate"):
        schedules.LearningRateSchedule()(0)


@pytest.mark.parametrize(
    ("name", "argument", "values"),
    [
        ("Constant", "learning_rate", (-0.1, "fast", True, math.nan)),
        ("StepDecay", "drop", (-0.1,)),
        ("StepDecay", "every", (0, -1)),
        ("ExponentialDecay", "initial_learning_rate", (-0.1, None)),
        ("ExponentialDecay", "decay_steps", (0, -1, math.inf)),
        ("ExponentialDecay", "decay_rate", (-0.1,)),
        ("NaturalExponentialDecay", "decay_rate", (-0.1,)),
        ("InverseTimeDecay", "decay_steps", (0,)),
        ("PolynomialDecay", "decay_steps", (0,)),
        ("PolynomialDecay", "end_learning_rate", (-0.1,)),
        ("PolynomialDecay", "power", (0.0,)),
        ("PiecewiseConstantDecay", "boundaries", ([-1, 2],)),
        ("PiecewiseConstantDecay", "values", ([0.1, -0.1, 0.1],)),
        ("CosineDecay", "decay_steps", (0,)),
        ("CosineDecay", "alpha", (-0.1,)),
        ("CosineDecay", "warmup_steps", (-1,)),
        ("CosineDecay", "warmup_target", (-0.1, None)),
        ("CosineDecayRestarts", "first_decay_steps", (0,)),
        ("CosineDecayRestarts", "t_mul", (0.5,)),
        ("CosineDecayRestarts", "m_mul", (-1.0,)),
        ("CyclicalLearningRate", "mode", ("square",)),
        ("CyclicalLearningRate", "gamma", (0.0, 1.1)),
        ("CyclicalLearningRate", "step_size", (0,)),
        ("OneCycle", "shape", ("square",)),
        ("OneCycle", "initial_divisor", (0.5,)),
        ("OneCycle", "final_divisor", (0.5,)),
        ("OneCycleMomentum", "maximal", (1.1,)),
        ("OneCycleMomentum", "minimal", (-0.1,)),
        ("WarmUp", "steps", (0,)),
        ("WarmUp", "start", (-0.1,)),
        ("PerEpoch", "steps_per_epoch", (0, 1.5)),
    ],
)
def test_arguments_out_of_range_are_refused(name, argument, values):
    for value in values:
        with pytest.raises(ConfigError, match=rf"{name} expected `{argument}`.*Received"):
            getattr(schedules, name)(**{**MEMBERS[name], argument: value})


def test_what_does_not_fit_together_is_refused():
    for boundaries, values in (([1, 2], [0.1, 0.2]), ([2, 1], [0.1, 0.2, 0.3]), ([1, 1], [0.1, 0.2, 0.3])):
        with pytest.raises(ConfigError, match="rising boundaries and one value more"):
            PiecewiseConstantDecay(boundaries, values)
    for share, three, steps in ((1.0, False, 100), (0.6, True, 100), (0.3, False, 3), (0.5, True, 2)):
        with pytest.raises(ConfigError, match="a rise of more than 1 step"):
            OneCycle(0.1, steps, share, three_phases=three)
    assert PiecewiseConstantDecay([], [0.25])(T[:2]).tolist() == [0.25, 0.25]


def test_what_is_no_schedule_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'CosineDecay'"):
        schedules.get({"class_name": "CosineDekay", "config": {}})
    for wrong in ("CosineDecay", CosineDecay, None, True, {"start": 0.1}):
        with pytest.raises(ConfigError, match="Expected a schedule"):
            schedules.get(wrong)
    with pytest.raises(ConfigError, match="keys class_name and config"):
        schedules.deserialize({"config": {}})
    for step in ("ten", None, [True]):
        with pytest.raises(ConfigError, match="expected a number of steps"):
            Constant(0.1)(step)
    with pytest.raises(ConfigError, match="registered"):
        schedules.serialize(lambda step: 0.1)
