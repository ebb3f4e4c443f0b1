"""Affine maps of the plane: where in the input each pixel of the output comes from."""

from typing import Any, NamedTuple

import numpy as np


class Affine(NamedTuple):
    """``x' = a0 x + a1 y + a2``, ``y' = b0 x + b1 y + b2``: x counts columns, y rows; (x', y') is where to read.

    Each coefficient is a number, or an array with one number an image; NumPy's and JAX's work alike.
    """

    a0: Any = 1.0
    a1: Any = 0.0
    a2: Any = 0.0
    b0: Any = 0.0
    b1: Any = 1.0
    b2: Any = 0.0

    def after(self, first: "Affine") -> "Affine":
        """This map applied to what `first` gives: the matrix product self · first."""
        p, q = self, first
        return Affine(
            p.a0 * q.a0 + p.a1 * q.b0,
            p.a0 * q.a1 + p.a1 * q.b1,
            p.a0 * q.a2 + p.a1 * q.b2 + p.a2,
            p.b0 * q.a0 + p.b1 * q.b0,
            p.b0 * q.a1 + p.b1 * q.b1,
            p.b0 * q.a2 + p.b1 * q.b2 + p.b2,
        )

    def about_centre(self, height: int, width: int) -> "Affine":
        """The same map with the middle of an image of this size as its origin."""
        x, y = (width - 1) / 2, (height - 1) / 2
        return self._replace(
            a2=self.a2 + x - x * self.a0 - y * self.a1,
            b2=self.b2 + y - x * self.b0 - y * self.b1,
        )

    def for_images(self, count: int) -> "Affine":
        """The coefficients as NumPy arrays of one number an image."""
        return Affine(*(np.broadcast_to(np.asarray(item, np.float32), (count,)) for item in self))
