"""Each rule against its paper, written again in NumPy with 64 bits, from the whole history where that is shorter."""

import json
from pathlib import Path

import jax
import numpy as np
import pytest

from glassnet import optimizers

PYTORCH = json.loads((Path(__file__).parents[1] / "oracles" / "pytorch.json").read_text(encoding="utf-8"))


def sgd(w, gs, a, mu=0.0, nesterov=False):
    v = np.zeros_like(w)  # as textbooks write it: v is what is subtracted
    for g in gs:
        v = mu * v + a * g
        w = w - (mu * v + a * g if nesterov else v)
    return w


def adagrad(w, gs, a, start=0.1, eps=1e-7):
    for t, g in enumerate(gs, 1):
        w = w - a * g / np.sqrt(start + sum(past**2 for past in gs[:t]) + eps)
    return w


def average(values, rho):
    """The moving average from zero, as a sum over the past."""
    return (1 - rho) * sum(rho ** (len(values) - i) * value for i, value in enumerate(values, 1))


def rmsprop(w, gs, a, rho=0.9, mu=0.0, eps=1e-7, centered=False):
    b = np.zeros_like(w)
    for t, g in enumerate(gs, 1):
        spread = average([past**2 for past in gs[:t]], rho) - centered * average(gs[:t], rho) ** 2
        b = mu * b + a * g / np.sqrt(spread + eps)
        w = w - b
    return w


def adadelta(w, gs, a, rho=0.95, eps=1e-7):
    moves = []
    for t, g in enumerate(gs, 1):
        grads_rms = np.sqrt(average([past**2 for past in gs[:t]], rho) + eps)
        moves_rms = np.sqrt(average([move**2 for move in moves], rho) + eps)
        moves.append(-moves_rms / grads_rms * g)
        w = w + a * moves[-1]
    return w


def adam(w, gs, a, b1=0.9, b2=0.999, eps=1e-7, amsgrad=False, decay=0.0):
    largest = np.zeros_like(w)
    for t in range(1, len(gs) + 1):
        w = (1 - a * decay) * w
        m_hat = average(gs[:t], b1) / (1 - b1**t)
        v = average([past**2 for past in gs[:t]], b2)
        largest = np.maximum(largest, v) if amsgrad else v
        # The paper's ε stands beside √v̂; ε̂ beside √v is ε / √(1-β₂ᵗ) there.
        w = w - a * m_hat / (np.sqrt(largest / (1 - b2**t)) + eps / np.sqrt(1 - b2**t))
    return w


def adamax(w, gs, a, b1=0.9, b2=0.999, eps=1e-7):
    for t in range(1, len(gs) + 1):
        u = np.max([b2 ** (t - i) * np.abs(g) for i, g in enumerate(gs[:t], 1)], axis=0)
        w = w - a / (1 - b1**t) * average(gs[:t], b1) / (u + eps)
    return w


def nadam(w, gs, a, b1=0.9, b2=0.999, eps=1e-7):
    mu = [b1 * (1 - 0.5 * 0.96**t) for t in range(1, len(gs) + 2)]
    for t, g in enumerate(gs, 1):
        m, v_hat = average(gs[:t], b1), average([past**2 for past in gs[:t]], b2) / (1 - b2**t)
        ahead = mu[t] * m / (1 - np.prod(mu[: t + 1])) + (1 - mu[t - 1]) * g / (1 - np.prod(mu[:t]))
        w = w - a * ahead / (np.sqrt(v_hat) + eps)
    return w


def lion(w, gs, a, b1=0.9, b2=0.99):
    for t, g in enumerate(gs):
        w = w - a * np.sign(b1 * (average(gs[:t], b2) if t else 0) + (1 - b1) * g)
    return w


def ftrl(w, gs, a, p=-0.5, start=0.1, l1=0.0, l2=0.0, shrink=0.0, beta=0.0):
    z, n = np.zeros_like(w), np.full_like(w, start)
    for g in gs:
        sigma = ((n + g**2) ** -p - n**-p) / a
        n, z = n + g**2, z + g + 2 * shrink * w - sigma * w
        w = np.where(np.abs(z) <= l1, 0.0, -(z - np.sign(z) * l1) / ((beta + n**-p) / a + 2 * l2))
    return w


def adafactor(w, gs, a, decay=-0.8, eps1=1e-30, eps2=1e-3, d=1.0):
    def rms(x):
        return np.sqrt(np.mean(x**2))

    rows, columns = np.zeros(w.shape[0]), np.zeros(w.shape[1])
    for t, g in enumerate(gs, 1):
        keep = 1 - t**decay
        rows = keep * rows + (1 - keep) * (g**2 + eps1).sum(1)
        columns = keep * columns + (1 - keep) * (g**2 + eps1).sum(0)
        # The paper's V = R C / (1ᵀ R), from sums of rows and columns.
        u = g / np.sqrt(np.outer(rows, columns) / rows.sum())
        w = w - max(eps2, rms(w)) * min(a, t**-0.5) * u / max(1.0, rms(u) / d)
    return w


def lamb(w, gs, a, b1=0.9, b2=0.999, eps=1e-7):
    for t in range(1, len(gs) + 1):
        m_hat, v_hat = average(gs[:t], b1) / (1 - b1**t), average([g**2 for g in gs[:t]], b2) / (1 - b2**t)
        u = m_hat / (np.sqrt(v_hat) + eps)
        w = w - a * np.linalg.norm(w) / np.linalg.norm(u) * u
    return w


def muon(w, gs, a, mu=0.95, nesterov=True, rounds=5, rate=0.2, factors=(3.4445, -4.775, 2.0315)):
    size = 1.0 if rate is None else rate * np.sqrt(max(w.shape))
    for t in range(1, len(gs) + 1):
        m = sum(mu ** (t - i) * g for i, g in enumerate(gs[:t], 1))
        m = gs[t - 1] + mu * m if nesterov else m
        # The rounds act on singular values alone.
        u, s, v = np.linalg.svd(m, full_matrices=False)
        s = s / (np.linalg.norm(s) + 1e-7)
        for _ in range(rounds):
            s = sum(c * s**power for c, power in zip(factors, (1, 3, 5), strict=True))
        w = w - a * size * (u * s) @ v
    return w


def radam(w, gs, a, b1=0.9, b2=0.999, eps=1e-7):
    most = 2 / (1 - b2) - 1
    for t in range(1, len(gs) + 1):
        m_hat, v = average(gs[:t], b1) / (1 - b1**t), average([g**2 for g in gs[:t]], b2)
        seen = most - 2 * t * b2**t / (1 - b2**t)
        if seen <= 5:
            w = w - a * m_hat
            continue
        r = np.sqrt((seen - 4) * (seen - 2) * most / ((most - 4) * (most - 2) * seen))
        w = w - a * r * m_hat * np.sqrt(1 - b2**t) / (np.sqrt(v) + eps)
    return w


def schedule_free(w, gs, a, b1=0.9, b2=0.999, eps=1e-8, warm=0):
    """y, from the plain averages of all z."""
    zs, z = [], w
    for t, g in enumerate(gs, 1):
        v_hat = average([past**2 for past in gs[:t]], b2) / (1 - b2**t)
        z = z - a * min(1.0, t / warm if warm else 1.0) * g / (np.sqrt(v_hat) + eps)
        zs.append(z)
    return (1 - b1) * z + b1 * np.mean(zs, axis=0)


RULES = [
    (optimizers.SGD, {}, sgd, ()),
    (optimizers.SGD, {"momentum": 0.9}, sgd, (0.9,)),
    (optimizers.SGD, {"momentum": 0.9, "nesterov": True}, sgd, (0.9, True)),
    (optimizers.Adagrad, {"initial_accumulator_value": 0.2, "epsilon": 0.01}, adagrad, (0.2, 0.01)),
    (optimizers.RMSprop, {}, rmsprop, ()),
    (
        optimizers.RMSprop,
        {"rho": 0.8, "momentum": 0.5, "epsilon": 0.1, "centered": True},
        rmsprop,
        (0.8, 0.5, 0.1, True),
    ),
    (optimizers.Adadelta, {"rho": 0.8, "epsilon": 0.1}, adadelta, (0.8, 0.1)),
    (optimizers.Adam, {}, adam, ()),
    (optimizers.Adam, {"beta_1": 0.8, "beta_2": 0.7, "epsilon": 0.1, "amsgrad": True}, adam, (0.8, 0.7, 0.1, True)),
    (optimizers.AdamW, {"weight_decay": 0.5}, adam, (0.9, 0.999, 1e-7, False, 0.5)),
    (optimizers.Adamax, {"beta_1": 0.8, "beta_2": 0.7, "epsilon": 0.1}, adamax, (0.8, 0.7, 0.1)),
    (optimizers.Nadam, {"beta_1": 0.8, "beta_2": 0.7, "epsilon": 0.1}, nadam, (0.8, 0.7, 0.1)),
    (optimizers.Lion, {"beta_1": 0.8, "beta_2": 0.7}, lion, (0.8, 0.7)),
    (optimizers.Ftrl, {}, ftrl, ()),
    (
        optimizers.Ftrl,
        {
            "learning_rate_power": -0.3,
            "initial_accumulator_value": 0.4,
            "l1_regularization_strength": 0.5,
            "l2_regularization_strength": 0.2,
            "l2_shrinkage_regularization_strength": 0.1,
            "beta": 0.3,
        },
        ftrl,
        (-0.3, 0.4, 0.5, 0.2, 0.1, 0.3),
    ),
    (optimizers.RAdam, {}, radam, ()),
    (optimizers.RAdam, {"beta_1": 0.8, "beta_2": 0.9, "epsilon": 0.1}, radam, (0.8, 0.9, 0.1)),
    (optimizers.RAdam, {"beta_2": 0.5}, radam, (0.9, 0.5)),
    (optimizers.ScheduleFreeAdamW, {}, schedule_free, ()),
    (
        optimizers.ScheduleFreeAdamW,
        {"beta_1": 0.8, "beta_2": 0.7, "epsilon": 0.1, "warmup_steps": 4},
        schedule_free,
        (0.8, 0.7, 0.1, 4),
    ),
]
MATRIX_RULES = [
    (optimizers.Adafactor, {}, adafactor, ()),
    (
        optimizers.Adafactor,
        {"beta_2_decay": -0.5, "epsilon_1": 0.1, "epsilon_2": 2.0, "clip_threshold": 0.5},
        adafactor,
        (-0.5, 0.1, 2.0, 0.5),
    ),
    (optimizers.Lamb, {}, lamb, ()),
    (optimizers.Lamb, {"beta_1": 0.8, "beta_2": 0.7, "epsilon": 0.1}, lamb, (0.8, 0.7, 0.1)),
    (optimizers.Muon, {"weight_decay": None}, muon, ()),
    (
        optimizers.Muon,
        {
            "weight_decay": None,
            "momentum": 0.5,
            "nesterov": False,
            "ns_steps": 2,
            "rms_rate": None,
            "muon_a": 3.0,
            "muon_b": -3.2,
            "muon_c": 1.2,
        },
        muon,
        (0.5, False, 2, None, (3.0, -3.2, 1.2)),
    ),
]


@pytest.mark.parametrize(
    ("cls", "arguments", "rule", "numbers"), RULES + MATRIX_RULES, ids=lambda item: getattr(item, "__name__", "")
)
def test_the_rule_is_its_papers(cls, arguments, rule, numbers):
    draw = np.random.default_rng(0)
    shape = (5, 3) if cls in {row[0] for row in MATRIX_RULES} else (5,)
    w, gs = draw.normal(size=shape), draw.normal(size=(6, *shape))
    optimizer = cls(0.1, **arguments)
    with jax.enable_x64(True):
        after, state = w, optimizer.init(w)
        step = jax.jit(optimizer.step)
        for g in gs:
            after, state = step(after, g, state)
        assert after.dtype == np.float64
        np.testing.assert_allclose(after, rule(w, list(gs), 0.1, *numbers), rtol=1e-12)


def test_ftrl_keeps_small_weights_at_exactly_zero():
    w = np.float32([0.0, 0.0])
    optimizer = optimizers.Ftrl(0.5, l1_regularization_strength=1.0)
    after, _ = optimizer.step(w, np.float32([0.9, 1.5]), optimizer.init(w))
    assert after[0] == 0 and after[1] < 0


def test_three_ways_to_write_momentum():
    """The textbook's way is ours; PyTorch's is ours while the rate is constant, and another under a schedule."""
    gs = [1.0, -0.5, 2.0]

    def ours(rates):
        w, state = np.float32([0.0]), optimizers.SGD(momentum=0.9).init(np.float32([0.0]))
        for g, a in zip(gs, rates, strict=True):
            w, state = optimizers.SGD(momentum=0.9).step(w, np.float32([g]), state, a)
        return float(w[0])

    def textbook(rates):
        w = v = 0.0
        for g, a in zip(gs, rates, strict=True):
            v = 0.9 * v + a * g
            w = w - v
        return w

    def rate_outside(rates):
        w = v = 0.0
        for g, a in zip(gs, rates, strict=True):
            v = 0.9 * v + g
            w = w - a * v
        return w

    constant, falling = [0.1, 0.1, 0.1], [0.1, 0.05, 0.01]
    assert ours(constant) == pytest.approx(textbook(constant)) == pytest.approx(rate_outside(constant))
    assert ours(falling) == pytest.approx(textbook(falling))
    assert abs(ours(falling) - rate_outside(falling)) > 0.05


def test_a_step_at_a_rate_of_zero_leaves_ftrl_as_it_is():
    """A warm-up starts at 0, and the rule divides by the rate."""
    optimizer = optimizers.Ftrl(optimizers.schedules.WarmUp(0.5, 2), l1_regularization_strength=0.1)
    w, g = np.float32([0.3, -0.2, 0.1]), np.float32([0.4, -0.1, 0.0])
    started = optimizer.init(w)
    after, state = optimizer.step(w, g, started)
    np.testing.assert_array_equal(after, w)
    for name, slot in started.slots.items():
        np.testing.assert_array_equal(state.slots[name], slot)
    late, _ = optimizer.step(after, g, state)
    np.testing.assert_array_equal(late, optimizer.step(w, g, started, learning_rate=0.25)[0])
    assert np.all(np.isfinite(late)) and not np.array_equal(late, w)


def test_radam_stands_where_pytorchs_does():
    names = {"lr": "learning_rate", "eps": "epsilon"}
    for case in PYTORCH["radam"]:
        arguments = {names[name]: value for name, value in case["arguments"].items() if name in names}
        betas = dict(zip(("beta_1", "beta_2"), case["arguments"].get("betas", ()), strict=False))
        optimizer = optimizers.RAdam(**arguments, **betas)
        draw, shapes = np.random.RandomState(2), {"kernel": (4, 3), "bias": (3,)}
        params = {path: draw.uniform(-1, 1, shape).astype("float32") for path, shape in shapes.items()}
        state = optimizer.init(params)
        for step in range(1, 13):
            grads = {path: draw.normal(size=shape).astype("float32") for path, shape in shapes.items()}
            params, state = optimizer.step(params, grads, state)
            for path, numbers in case["after"].get(str(step), {}).items():
                np.testing.assert_allclose(np.ravel(params[path]), numbers, rtol=2e-5, atol=5e-6)


def test_the_point_to_judge_schedule_free_by_is_the_average_of_all_steps():
    optimizer = optimizers.ScheduleFreeAdamW(0.1, beta_1=0.8)
    params = {"a": np.float32([1.0, 2.0, 4.0]), "b": [np.float32([3.0, 3.0, 3.0])]}
    state, zs = optimizer.init(params), []
    assert optimizer.averaged(params, state)["b"][0] == pytest.approx(3.0)
    for step in range(4):
        grads = jax.tree.map(lambda w, sign=(-1) ** step: sign * np.cos(w), params)
        params, state = optimizer.step(params, grads, state)
        zs.append(np.asarray(state.slots["a"]["momentum"]))
    x = optimizer.averaged(params, state)
    np.testing.assert_allclose(x["a"], np.mean(zs, axis=0), rtol=1e-5)
    np.testing.assert_allclose(params["a"], 0.2 * zs[-1] + 0.8 * np.asarray(x["a"]), rtol=1e-5)
    assert not optimizer.ends_averaged
    assert optimizers.ScheduleFreeAdamW(0.1, use_ema=True).ends_averaged


def test_adafactor_remembers_rows_and_columns_only():
    params = {"matrix": np.zeros((40, 30), "float32"), "kernel": np.zeros((3, 3, 5, 7), "float32"), "bias": np.zeros(9)}
    slots = optimizers.Adafactor().init(params).slots
    shapes = {path: {name: slot.shape for name, slot in kept.items()} for path, kept in slots.items()}
    assert shapes == {
        "matrix": {"row": (40,), "column": (30,)},
        "kernel": {"row": (3, 3, 5), "column": (3, 3, 7)},
        "bias": {"velocity": (9,)},
    }


def test_lamb_moves_each_array_by_a_share_of_its_norm():
    params = {"large": np.float32([30, 0, 40]), "zero": np.zeros(3, "float32"), "still": np.float32([3, 4, 0])}
    grads = {"large": np.float32([1, -2, 3]), "zero": np.float32([1, -2, 3]), "still": np.zeros(3, "float32")}
    optimizer = optimizers.Lamb(0.1)
    after, _ = optimizer.step(params, grads, optimizer.init(params))
    moved = {path: np.linalg.norm(np.asarray(after[path]) - w) for path, w in params.items()}
    assert moved["large"] == pytest.approx(5.0, rel=1e-5)
    np.testing.assert_allclose(after["zero"], [-0.1, 0.1, -0.1], rtol=1e-5)
    assert moved["still"] == 0


def test_muon_takes_matrices_and_leaves_the_rest_to_adam():
    shapes = {"a/kernel": (3, 2), "a/bias": (2,), "token_Embedding/w": (3, 2), "head/kernel": (2, 2), "conv": (2, 2, 2)}
    params = {path: np.ones(shape, "float32") for path, shape in shapes.items()}

    def by_adam(**arguments):
        return {path for path, kept in optimizers.Muon(**arguments).init(params).slots.items() if "velocity" in kept}

    assert by_adam() == {"a/bias", "token_Embedding/w", "conv"}
    assert by_adam(exclude_layers=["^head/"]) == {"a/bias", "token_Embedding/w", "conv", "head/kernel"}
    assert by_adam(exclude_embeddings=False) == {"a/bias", "conv"}
    optimizer = optimizers.Muon(0.5, weight_decay=0.2, adam_weight_decay=0.4, exclude_from_decay=["head"])
    decays = {path: optimizer.decay_of(path, w) for path, w in params.items()}
    assert decays == {"a/kernel": 0.2, "a/bias": 0.4, "token_Embedding/w": 0.4, "head/kernel": None, "conv": 0.4}


def test_momentum_may_have_a_schedule_too():
    cycle = optimizers.schedules.OneCycle(0.1, 8)
    momentum = cycle.momentum(0.9, 0.5)
    gs = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")

    def walked(optimizer):
        w, state = np.float32([1, 2, 3]), optimizer.init(np.float32([1, 2, 3]))
        for g in gs:
            w, state = optimizer.step(w, g, state)
        return np.asarray(w)

    w, v = np.array([1.0, 2.0, 3.0]), 0.0
    for t, g in enumerate(gs):
        v = momentum(t) * v - cycle(t) * g
        w = w + v
    np.testing.assert_allclose(walked(optimizers.SGD(cycle, momentum=momentum)), w, rtol=1e-5)

    w, b, average_square = np.array([1.0, 2.0, 3.0]), 0.0, 0.0
    for t, g in enumerate(gs):
        average_square = 0.9 * average_square + 0.1 * g**2
        b = momentum(t) * b + cycle(t) * g / np.sqrt(average_square + 1e-7)
        w = w - b
    np.testing.assert_allclose(walked(optimizers.RMSprop(cycle, momentum=momentum)), w, rtol=1e-5)

    w, m, v, product = np.array([1.0, 2.0, 3.0]), 0.0, 0.0, 1.0
    for t, g in enumerate(gs):
        m, v, product = momentum(t) * m + (1 - momentum(t)) * g, 0.999 * v + 0.001 * g**2, product * momentum(t)
        w = w - 0.01 * m / (1 - product) / (np.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-7)
    np.testing.assert_allclose(walked(optimizers.Adam(0.01, beta_1=momentum)), w, rtol=1e-4)
    for constant in (optimizers.Adam(0.01, beta_1=lambda t: 0.9), optimizers.AdamW(0.01, 0.0, beta_1=lambda t: 0.9)):
        np.testing.assert_allclose(walked(constant), walked(optimizers.Adam(0.01)), rtol=1e-5)
    again = optimizers.deserialize(optimizers.serialize(optimizers.SGD(cycle, momentum=momentum)))
    assert again == optimizers.SGD(cycle, momentum=momentum) != optimizers.SGD(cycle, momentum=0.9)
