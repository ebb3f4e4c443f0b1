"""Affine maps: one after the other, and about the middle."""

import numpy as np

from glassnet.imaging.affine import Affine

P, Q = Affine(1.5, 0.2, -3.0, 0.4, 0.7, 2.0), Affine(-0.3, 1.1, 0.5, 2.0, 0.1, -1.0)


def at(affine, x, y):
    a0, a1, a2, b0, b1, b2 = affine
    return np.array([a0 * x + a1 * y + a2, b0 * x + b1 * y + b2])


def test_one_map_after_another_is_the_two_of_them_in_turn():
    for x, y in ((0, 0), (3, -2), (0.5, 7)):
        np.testing.assert_allclose(at(P.after(Q), x, y), at(P, *at(Q, x, y)), rtol=1e-12)


def test_about_the_centre_the_middle_goes_where_the_origin_went():
    height, width = 5, 8
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    about = P.about_centre(height, width)
    np.testing.assert_allclose(at(about, *middle), middle + at(P, 0, 0))
    np.testing.assert_allclose(at(about, *(middle + np.array([1, 2]))) - at(about, *middle), at(P, 1, 2) - at(P, 0, 0))


def test_numbers_are_spread_over_the_images():
    affine = Affine(a2=np.array([1.0, 2.0, 3.0])).for_images(3)
    assert all(item.shape == (3,) and item.dtype == np.float32 for item in affine)
    assert affine.a2.tolist() == [1, 2, 3] and affine.b1.tolist() == [1, 1, 1]
