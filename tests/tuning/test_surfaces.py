"""Walks on surfaces: the optimizers' own steps, from the start to where they end."""

import xml.etree.ElementTree as ET

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.optimizers import SGD
from glassnet.tuning import Surface, compare_on_surface
from glassnet.tuning.surfaces import surface_registry

MINIMA = {"rosenbrock": (1.0, 1.0), "parabola": (0.0, 0.0), "beale": (3.0, 0.5)}


@pytest.mark.parametrize(("name", "minimum"), MINIMA.items())
def test_a_surface_is_0_at_its_minimum_and_above_elsewhere(name, minimum):
    surface = surface_registry.find(name)
    left, right, low, high = surface.window
    x, y = np.meshgrid(np.linspace(left, right, 60), np.linspace(low, high, 60))
    assert surface.minimum == minimum and surface.height(*minimum) == 0 and surface.height(x, y).min() > 0
    assert left < surface.start[0] < right and low < surface.start[1] < high


def test_a_walk_is_the_optimizers_own_steps():
    found = compare_on_surface("parabola", {"mine": SGD(momentum=0.5)}, [0.04], steps=6)
    at, speed = np.array([-4.0, 1.0]), np.zeros(2)
    for step in range(7):
        np.testing.assert_allclose(found.paths["mine"][step], at, rtol=1e-4, atol=1e-6)
        speed = 0.5 * speed - 0.04 * at * np.array([1.0, 20.0])
        at = at + speed


def test_the_rate_that_ends_lowest_is_shown_and_walks_are_sorted():
    found = compare_on_surface("rosenbrock", ["sgd", "adam"], steps=150)
    ends = [walk.end for walk in found.walks]
    assert ends == sorted(ends) and ends[0] < 1
    each = [compare_on_surface("rosenbrock", ["sgd"], [rate], steps=150).walks[0].end for rate in (1e-4, 1e-3, 1.0)]
    assert next(walk for walk in found.walks if walk.optimizer == "sgd").end <= min(each)
    lines = repr(found).splitlines()
    assert len(lines) == 3 and lines[0].startswith("optimizer")


def test_a_path_that_leaves_the_numbers_breaks_off_and_comes_last():
    found = compare_on_surface("rosenbrock", ["sgd"], [1.0], steps=20)
    walk = found.walks[0]
    assert walk.end == np.inf and np.isnan(walk.path[-1]).all() and not np.isnan(walk.path[0]).any()


def test_beyond_the_saddle_a_path_stops_where_it_left():
    found = compare_on_surface("saddle", ["momentum"], [0.1], steps=100)
    walk = found.walks[0]
    assert np.isfinite(walk.path).all() and np.abs(walk.path).max() <= 4.0
    np.testing.assert_array_equal(walk.path[-1], walk.path[-2])
    both = compare_on_surface("saddle", ["sgd", "momentum"], [0.02], steps=250)
    assert [one.optimizer for one in both.walks] == ["momentum", "sgd"] and both.walks[0].left < both.walks[1].left
    np.testing.assert_array_equal(
        both.walks[0].path[both.walks[0].left :], both.walks[0].path[-1:].repeat(251 - both.walks[0].left, axis=0)
    )
    assert "steps to leave" in repr(both)


def test_the_picture_has_lines_paths_and_a_cross():
    root = ET.fromstring(compare_on_surface("beale", ["sgd", "adam"], steps=30).picture().svg)
    paths = list(root.iter("{http://www.w3.org/2000/svg}path"))
    assert len(paths) == 14 + 1 + 2 + 2 and len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 4
    assert "falls without end" in compare_on_surface("saddle", ["sgd"], steps=5).picture().svg


def test_a_surface_of_ones_own():
    bowl = Surface("bowl", lambda x, y: jnp.square(x) + jnp.square(y), (1.0, 1.0), (0.0, 0.0), (-2.0, 2.0, -2.0, 2.0))
    assert compare_on_surface(bowl, ["sgd"], [0.1], steps=60, start=(1.5, 0.5)).walks[0].end < 1e-4


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"surface": "rosenbruck"}, UnknownNameError, "did you mean 'rosenbrock'"),
        ({"surface": "beale", "learning_rates": [-1.0]}, ConfigError, "`learning_rates`"),
        ({"surface": "beale", "steps": 0}, ConfigError, "`steps`"),
        ({"surface": "beale", "optimizers": ["adm"]}, UnknownNameError, "did you mean"),
    ],
)
def test_what_cannot_work_is_said(arguments, error, words):
    with pytest.raises(error, match=words):
        compare_on_surface(**arguments)
