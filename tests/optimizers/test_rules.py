"""Each rule against its paper, written again in NumPy with 64 bits, from the whole history where that is shorter."""

import jax
import numpy as np
import pytest

from glassnet import optimizers


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
]


@pytest.mark.parametrize(("cls", "arguments", "rule", "numbers"), RULES, ids=lambda item: getattr(item, "__name__", ""))
def test_the_rule_is_its_papers(cls, arguments, rule, numbers):
    draw = np.random.default_rng(0)
    w, gs = draw.normal(size=5), draw.normal(size=(6, 5))
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
