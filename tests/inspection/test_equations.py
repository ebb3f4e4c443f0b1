"""equations: the operation that broke, told from infinities put in on purpose and from what a choice takes out again."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.inspection.equations import first_broken

X = jnp.array([-1.0, 0.0, 2.0])
MASKED = jnp.full((2, 2), -jnp.inf)


def summed(function):
    return lambda x: jnp.sum(function(x))


#: name: (function of X, operation, direction)
BROKEN = {
    "forward": (lambda x: jnp.exp(100 * x), "exp", "forward"),
    "slope": (lambda x: jnp.sqrt(jnp.maximum(x, 0.0)), "sqrt", "backward"),
    "slope of a root after a finite one": (lambda x: jnp.sqrt(x * x) + jnp.exp(x), "sqrt", "backward"),
    "value hidden, slope broken": (lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0), "sqrt", "forward"),
    "infinity turned into NaN": (lambda x: jnp.log(jnp.maximum(x, 0.0)) * 0, "log", "forward"),
    "nothing left by a mask": (lambda x: jax.nn.softmax(jnp.where(x > 9, x, -jnp.inf)), "sub", "forward"),
    "branch": (lambda x: jax.lax.cond(x[0] < 0, lambda x: jnp.log(x), lambda x: x, x), "log", "forward"),
    "inside a compiled part": (jax.jit(lambda x: 1 / x), "div", "forward"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_operation_that_broke_is_named(name):
    function, operation, direction = BROKEN[name]
    found = first_broken(summed(function), X)
    assert (found.operation, found.direction) == (operation, direction)


HARMLESS = {
    "all finite": lambda x: jnp.exp(x),
    "infinity taken out": lambda x: jnp.minimum(jnp.where(x > 0, jnp.inf, x), 3.0),
    "a mask that leaves something": lambda x: jax.nn.softmax(jnp.where(x > 0, x, -jnp.inf)),
    "an infinite slope that relu takes out": lambda x: jnp.sqrt(jax.nn.relu(x - 5) * 0 + 1) + jax.nn.relu(x),
    "two wheres": lambda x: jnp.where(x > 0, jnp.log(jnp.where(x > 0, x, 1.0)), 0.0),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_the_result_does_not_depend_on_counts_for_nothing(name):
    assert first_broken(summed(HARMLESS[name]), X) is None


def test_a_slope_that_is_masked_is_not_the_place_where_another_breaks():
    def function(x):
        masked = jax.nn.relu(jnp.sqrt(jax.nn.relu(x)) - 9)  # its slope at 0 is infinite and taken out again
        return jnp.sum(masked) + jnp.sum(jnp.abs(x) ** 0.3)

    assert first_broken(function, X).operation == "pow"


def test_a_choice_is_followed_to_what_was_chosen():
    def function(x):
        return jnp.sum(jnp.where(x > 0, jnp.exp(100 * x), jnp.log(-jnp.abs(x) - 1)))

    assert first_broken(function, jnp.array([2.0, 3.0])).operation == "exp"
    assert first_broken(function, jnp.array([-2.0, -3.0])).operation == "log"


def test_a_loop_tells_its_turn_and_how_it_grew():
    def grown(x):
        return jax.lax.scan(lambda state, _: (state * state, None), x, None, length=12)[0]

    found = first_broken(summed(grown), jnp.array([4.0]))
    assert (found.operation, found.time_step, found.carried[:3]) == ("mul", 5, (4.0, 16.0, 256.0))


def test_growth_in_a_loop_is_told_where_what_follows_it_breaks():
    def squared(x):
        return jax.lax.scan(lambda state, _: (state * 1e3, None), x, None, length=12)[0] ** 2

    found = first_broken(summed(squared), jnp.array([1.0]))
    assert found.time_step is None and len(found.carried) == 12 and found.carried[-1] > 1e32


def test_the_divisor_is_known_by_what_gave_it():
    deviation = first_broken(lambda x: jnp.sum(x / jnp.sqrt(jnp.mean((x - jnp.mean(x)) ** 2))), jnp.ones(3))
    assert "sub" in deviation.behind and deviation.operation == "div"
    assert "sub" not in first_broken(lambda x: jnp.sum(x / jnp.sqrt(jnp.sum(x * x))), jnp.zeros(3)).behind


def test_the_result_that_broke_is_told_by_its_place():
    found = first_broken(lambda x: (x + 1, jnp.exp(100 * x)), X, backward=False)
    assert (found.output, found.direction) == (1, "forward")
    np.testing.assert_array_equal(found.operands[0], 100 * X)


def test_the_users_own_line_is_told():
    found = first_broken(lambda x: jnp.sum(jnp.log(x)), X)
    assert found.line.startswith("test_equations.py, line ")


def test_a_project_may_lie_in_a_folder_of_any_name(tmp_path):
    script = tmp_path / "glassnet" / "jax" / "mine.py"
    script.parent.mkdir(parents=True)
    script.write_text("import jax.numpy as jnp\n\n\ndef loss(x):\n    return jnp.sum(jnp.log(x))\n", encoding="utf-8")
    own = {}
    exec(compile(script.read_text("utf-8"), str(script), "exec"), own)
    assert first_broken(own["loss"], X).line == "mine.py, line 5, in loss"
