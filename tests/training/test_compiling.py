"""The compiler's options: which network gets which, and none that this version of the compiler does not know."""

import ctypes

import numpy as np

from glassnet import Input, Sequential
from glassnet.foundation import engine
from glassnet.layers import LSTM, Conv2D, Dense, Flatten
from glassnet.training import compiling
from glassnet.training.compiling import options_for

SMALL = "xla_cpu_use_fusion_emitters"
CONVOLUTIONS = "xla_cpu_experimental_ynn_fusion_type"


def names(layers, *, small=False):
    return set(options_for(Sequential(layers).blueprint(), small=small) or ())


def test_which_network_gets_which_options(monkeypatch):
    monkeypatch.setattr(compiling.jax, "default_backend", lambda: "cpu")
    monkeypatch.setattr(compiling, "_is_known", lambda name, value: True)
    assert names([Input((3,)), Dense(2)]) == set()
    assert names([Input((3,)), Dense(2)], small=True) == {SMALL}
    assert names([Input((4, 2)), LSTM(2)], small=True) == set()
    assert names([Input((8, 8, 1)), Conv2D(4, 3)]) == set()
    assert names([Input((8, 8, 1)), Conv2D(4, 3), Conv2D(2, 3)], small=True) == {SMALL, CONVOLUTIONS}
    assert names([Input((8, 8, 16)), Conv2D(4, 3), Flatten()]) == {CONVOLUTIONS}


def test_an_option_that_is_not_known_is_left_out(monkeypatch):
    monkeypatch.setattr(compiling, "_SMALL", {"xla_cpu_no_such_option": True})
    assert names([Input((3,)), Dense(2)], small=True) == set()


def test_convolutions_compute_the_same_with_their_options():
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 4)).astype("float32")
    model = Sequential([Input((8, 8, 4)), Conv2D(3, 3)], seed=0)
    np.testing.assert_allclose(model.predict(x), model.layers[0](x), rtol=1e-5, atol=1e-6)


def test_freed_memory_is_kept_unless_the_user_chose_otherwise(monkeypatch):
    asked = []

    class Library:
        @staticmethod
        def mallopt(what, value):
            asked.append((what, value))

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Library)
    monkeypatch.setattr(engine.sys, "platform", "linux")
    monkeypatch.setenv("MALLOC_ARENA_MAX", "2")
    engine._keep_freed_memory()
    assert not asked
    monkeypatch.delenv("MALLOC_ARENA_MAX")
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    engine._keep_freed_memory()
    assert (-1, 1 << 30) in asked and len(asked) == 3
