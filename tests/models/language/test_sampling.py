"""Draws against the shares they are to have, and what the limits leave."""

from functools import partial

import jax
import numpy as np
import pytest

from glassnet.models.language.sampling import Choice, choose

Z = np.float32([1.0, 0.0, 3.0, -1.0, 2.0, 2.5])  # the order of likelihood is 2, 5, 4, 0, 1, 3
DRAWS = 4000
UNIFORM = np.random.default_rng(0).random(DRAWS, dtype=np.float32)

run = jax.jit(choose)


def drawn(temperature=1.0, top_k=6, top_p=1.0, logits=Z, uniform=UNIFORM):
    many = np.broadcast_to(logits, (len(uniform), len(logits)))
    return np.asarray(run(many, uniform, Choice(np.float32(temperature), np.int32(top_k), np.float32(top_p))))


def shares(logits, temperature=1.0):
    p = np.exp(np.float64(logits) / temperature)
    return p / p.sum()


def far_from(found, wanted):
    """Pearson's chi square."""
    counts = np.bincount(found, minlength=len(wanted))
    return ((counts - DRAWS * wanted) ** 2 / np.maximum(DRAWS * wanted, 1e-9)).sum()


LIMIT = 20.5  # chi square with 5 degrees of freedom is above this once in a thousand


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_come_as_often_as_their_shares(temperature):
    found, wanted = drawn(temperature), shares(Z, temperature)
    assert far_from(found, wanted) < LIMIT
    assert far_from(found, shares(Z, temperature * 1.5)) > LIMIT


def test_of_the_first_k_only():
    kept = np.isin(np.arange(6), [2, 5, 4])
    found = drawn(top_k=3)
    wanted = np.where(kept, shares(Z), 0)
    assert set(found) == {2, 5, 4} and far_from(found, wanted / wanted.sum()) < LIMIT


def test_of_a_share_p_only():
    wanted = shares(Z)
    first, second = wanted[2], wanted[2] + wanted[5]
    assert set(drawn(top_p=float(first) - 0.01)) == {2}
    assert set(drawn(top_p=float(first) + 0.01)) == {2, 5}
    found = drawn(top_p=float(second) - 0.01)
    assert set(found) == {2, 5}
    cut = np.where(np.isin(np.arange(6), [2, 5]), wanted, 0)
    assert far_from(found, cut / cut.sum()) < LIMIT


def test_p_is_a_share_of_what_the_first_k_hold():
    of_two = shares(Z)[2] / (shares(Z)[2] + shares(Z)[5])
    assert set(drawn(top_k=2, top_p=float(of_two) - 0.01)) == {2}
    assert set(drawn(top_k=2, top_p=float(of_two) + 0.01)) == {2, 5}


@pytest.mark.parametrize("settings", [{"temperature": 0}, {"top_k": 1}, {"top_p": 1e-6}, {"temperature": 1e-5}])
def test_the_most_likely_token_where_only_that_is_left(settings):
    assert set(drawn(**settings)) == {2}
    tied = np.float32([0.0, 1.0, 1.0])
    first = {1} if "temperature" not in settings or settings["temperature"] == 0 else {1, 2}
    assert set(drawn(**{"top_k": 3, **settings}, logits=tied)) == first


def test_the_ends_of_the_uniform_numbers_fall_on_tokens_that_are_kept():
    ends = np.float32([0.0, 1.0 - 2**-24, 1.0])
    never = np.float32([-np.inf, 0.0, 0.0, -np.inf])
    few = partial(drawn, logits=never, uniform=ends, top_k=4)
    assert few().tolist() == [1, 2, 2]
    assert few(top_p=0.9).tolist() == [1, 2, 2]
    assert few(top_k=1).tolist() == [1, 1, 1]
