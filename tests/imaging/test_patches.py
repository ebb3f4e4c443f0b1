"""Rectangles: as large as asked for, and inside the image."""

import numpy as np

from glassnet.imaging.patches import patches


def test_a_rectangle_has_its_share_of_the_sides():
    share, place = (np.float32([0.5, 1.0]), np.float32([0.25, 0.5])), (np.float32([1.0, 0.0]), np.float32([0.0, 1.0]))
    where = np.asarray(patches((2, 8, 4, 3), share, place))[..., 0]
    expected = np.zeros((2, 8, 4), bool)
    expected[0, 4:, :1] = True
    expected[1, :, 2:] = True
    np.testing.assert_array_equal(where, expected)


def test_it_never_leaves_the_image_and_its_size_varies_by_less_than_a_pixel():
    draw = np.random.default_rng(0).random((4, 500)).astype("float32")
    where = np.asarray(patches((500, 9, 7, 1), (draw[0], draw[1]), (draw[2], draw[3])))
    rows, columns = where.any((2, 3)).sum(1), where.any((1, 3)).sum(1)
    seen = where.any((1, 2, 3))
    assert (np.abs(rows - 9 * draw[0])[seen] < 1).all() and (np.abs(columns - 7 * draw[1])[seen] < 1).all()
