"""What becomes of zeros."""

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.layers.normalization import UnitNormalization


def test_a_vector_of_zeros_stays_and_so_does_its_slope() -> None:
    x = np.zeros((2, 3), "float32")
    assert UnitNormalization()(x).tolist() == x.tolist()
    assert np.isfinite(jax.grad(lambda x: jnp.sum(UnitNormalization()(x)))(x)).all()
