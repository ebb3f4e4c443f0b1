"""jaxprs: equations are run one by one on real numbers, and opened where they consist of others."""

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.inspection import jaxprs


def test_every_equation_is_run_on_its_real_numbers():
    closed = jaxprs.traced(lambda x: jnp.sin(x) * 2 + x, jnp.float32(0.5))
    made, read = jaxprs.run_forward(closed, [jnp.float32(0.5)], ("outer",), "")
    assert [one.name for one in made] == ["sin", "mul", "add"]
    assert all(one.scope == ("outer",) for one in made)
    np.testing.assert_allclose(read(closed.jaxpr.outvars[0]), 2 * np.sin(0.5) + 0.5, rtol=1e-6)


def test_a_part_is_opened_and_a_single_operation_is_not():
    closed = jaxprs.traced(lambda x: jnp.sin(jax.jit(lambda y: y + 1)(x)), jnp.float32(0.5))
    made, _ = jaxprs.run_forward(closed, [jnp.float32(0.5)], (), "")
    program, values = jaxprs.inside(made[0])
    assert [equation.primitive.name for equation in program.jaxpr.eqns] == ["add"] and values == made[0].inputs
    assert jaxprs.inside(made[1]) is None


def test_of_branches_the_one_taken_is_opened():
    closed = jaxprs.traced(lambda x: jax.lax.cond(x > 0, jnp.sin, jnp.cos, x), jnp.float32(0.5))
    made, _ = jaxprs.run_forward(closed, [jnp.float32(0.5)], (), "")
    program, values = jaxprs.inside(made[-1])
    assert [equation.primitive.name for equation in program.jaxpr.eqns] == ["sin"] and len(values) == 1
