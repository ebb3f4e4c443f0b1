"""What rotation, translation, zoom and shear share: one affine map an image, and one reading of its pixels."""

from typing import Any

from glassnet.foundation.types import Array
from glassnet.imaging.affine import Affine
from glassnet.imaging.arguments import FILL_MODES, WARP_INTERPOLATIONS, number, one_of
from glassnet.imaging.warp import warp
from glassnet.layers.arguments import seed_for
from glassnet.layers.augmentation.base import ImageLayer


class RandomMove(ImageLayer):
    """A layer that reads each image at places moved by a random affine map.

    Args:
        fill_mode: what lies beyond the edges, here of a row a b c d: ``"reflect"`` (d c b a | a b c d | d c b a),
            ``"nearest"`` (a a a a | a b c d | d d d d), ``"wrap"`` (a b c d | a b c d | a b c d) or ``"constant"``.
        interpolation: ``"bilinear"``, between the four pixels around a place, or ``"nearest"``.
        seed: gives this layer a stream of its own.
        fill_value: what lies beyond the edges in mode ``"constant"``, in the images' unit.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.
    """

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        owner = type(self).__name__
        self.fill_mode = one_of(owner, "fill_mode", fill_mode, FILL_MODES)
        self.interpolation = one_of(owner, "interpolation", interpolation, WARP_INTERPOLATIONS)
        self.seed = seed_for(owner, seed)
        self.fill_value = number(owner, "fill_value", fill_value)

    def draw(self, images: Array, training: bool) -> Affine:
        """The map of each image."""
        return self.affine(images)

    def affine(self, images: Array) -> Affine:
        """For each image where its pixels come from, drawn anew: coefficients (B,)."""
        return Affine().for_images(images.shape[0])

    def change(self, images: Array, drawn: Affine, *, mask: bool = False) -> Array:
        """The images, read at the places drawn."""
        return warp(images, drawn, "nearest" if mask else self.interpolation, self.fill_mode, self.fill_value)
