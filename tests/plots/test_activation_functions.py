"""activation_functions: the values and slopes of the functions themselves."""

import numpy as np

from glassnet.plots import activation_functions


def test_slopes_are_those_of_the_formulas():
    found = activation_functions(["sigmoid", "tanh", "relu", lambda z: z * z], points=9).numbers
    z = found["z"].astype(np.float64)
    shares = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(found["sigmoid"], shares, atol=1e-6)
    np.testing.assert_allclose(found["sigmoid_derivative"], shares * (1 - shares), atol=1e-6)
    np.testing.assert_allclose(found["tanh_derivative"], 1 - np.tanh(z) ** 2, atol=1e-6)
    np.testing.assert_allclose(found["relu_derivative"][z != 0], (z > 0)[z != 0])
    np.testing.assert_allclose(found["<lambda>_derivative"], 2 * z, atol=1e-6)
