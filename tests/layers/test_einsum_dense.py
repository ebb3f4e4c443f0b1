"""EinsumDense: the flat matmul is the einsum, and initial numbers have the spread that their sum asks for."""

import numpy as np
import pytest

from glassnet.layers import Dense
from glassnet.layers.einsum_dense import EinsumDense, parse

X = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")


@pytest.mark.parametrize(
    ("equation", "sizes"),
    [
        ("abc,cd->abd", (None, 5)),
        ("abc,bcd->ad", 5),
        ("...c,cde->...de", (2, 5)),
        ("abc,dc->abd", (None, 5)),
        ("ab...,bd->ad...", 5),
    ],
)
def test_the_product_is_that_of_einsum(equation, sizes) -> None:
    layer = EinsumDense(equation, sizes)
    y = layer(X)
    np.testing.assert_allclose(y, np.einsum(equation, X, layer.kernel), rtol=1e-5, atol=1e-6)
    assert layer.compute_output_shape((None, 3, 4)) == (None, *y.shape[1:])


def test_it_is_a_dense_layer_where_it_says_the_same() -> None:
    dense, einsum = Dense(5, "relu"), EinsumDense("...c,cd->...d", 5, "relu", "d")
    for layer in (dense, einsum):
        layer(X)
    einsum.set_weights(dense.get_weights())
    np.testing.assert_allclose(einsum(X), dense(X), rtol=1e-6)


def test_the_kernel_starts_with_the_spread_of_the_axes_it_sums_over() -> None:
    layer = EinsumDense("abc,cde->abde", (None, 8, 16), kernel_initializer="lecun_normal")
    layer.build((None, 1, 32))
    assert abs(np.var(layer.kernel) * 32 - 1) < 0.1


def test_equations_are_read() -> None:
    assert parse("...b, bc -> ...c").dots == "left"
    assert parse("ab...,bc->ac...").dots == "right"
    assert parse("ab,b->a").outputs == "a"
