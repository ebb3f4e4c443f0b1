"""Whether a flat boundary exists, for columns in any unit."""

import numpy as np

from glassnet.estimators.separability import is_separable

X, XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1, 1, 0]


def test_columns_of_any_size_are_judged_alike():
    random, y = np.random.default_rng(0), np.arange(40) % 2
    rows = random.uniform(-1, 1, (40, 2)) + 2.1 * y[:, None]
    for scale in ([1e9, 1e-9], [1e-12, 1e-12], [1e12, 1e12]):
        assert is_separable(rows * scale, y) is True
        assert is_separable(X * scale, XOR) is False
