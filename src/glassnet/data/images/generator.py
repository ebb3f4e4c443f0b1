"""Pictures changed at random and brought to one scale, batch by batch."""

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np

from glassnet.data.images import settings, statistics
from glassnet.data.images.arrays import FORMATS
from glassnet.data.images.changes import STILL, changed
from glassnet.data.images.flow import ImageBatches
from glassnet.foundation.errors import ConfigError, DataError, NotBuiltError
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.shapes import positive_int, show
from glassnet.foundation.types import HostArray
from glassnet.imaging.arguments import FILL_MODES, WARP_INTERPOLATIONS, number, one_of

_FURTHER = ("flip_horizontal", "flip_vertical", "channel_shift_intensity", "brightness")


class ImageDataGenerator:
    """``x' = (f(A(x)) · rescale - mean) / std``: pictures changed at random (A), then by f, then standardized.

    Turning, shifting, shearing and zooming are put into one map, and each picture's pixels are read once. Every epoch draws
    anew, so that a network sees each picture in many ways. Validate on a generator without random changes.

    Args:
        featurewise_center: whether to take away each channel's mean over the pictures that `fit` saw.
        samplewise_center: whether to take away each picture's own mean.
        featurewise_std_normalization: whether to divide by each channel's standard deviation there; it centers too.
        samplewise_std_normalization: whether to divide by each picture's own; it centers too.
        zca_whitening: whether to make pixels uncorrelated; it centers featurewise.
        zca_epsilon: ε of the whitening, from 0 up.
        rotation_range: the most degrees to turn, either way, from 0 to 360.
        width_shift_range: the most to shift to the side: below 1 a share of the width, else pixels; a whole number for whole
            pixels fewer than it; a list for shifts to choose from, either way.
        height_shift_range: the same up and down.
        brightness_range: (lowest, highest) factor for the pixels, from 0 up: below 1 darker.
        shear_range: the most degrees to shear, either way, from 0 to 89.
        zoom_range: (lowest, highest) share of height and width that is seen, or a for (1 - a, 1 + a); drawn for each of both.
        channel_shift_range: the most to add to all values of a picture, either way, in its unit.
        fill_mode: what lies beyond the edges: ``"nearest"``, ``"constant"``, ``"reflect"`` or ``"wrap"``.
        cval: what lies there in mode ``"constant"``.
        horizontal_flip: whether to flip left to right, with probability 1/2.
        vertical_flip: whether to flip top to bottom, with probability 1/2.
        rescale: a factor for all values, such as 1 / 255.
        preprocessing_function: f, which gets one picture after its random changes and returns one of the same shape.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        validation_split: the share of pictures, the first ones, that ``flow(subset="validation")`` gives.
        interpolation_order: 1 for linear between pixels, 0 for the nearest one.
        dtype: the type of the numbers, ``"float32"`` by default.

    Raises:
        ConfigError: a range that is none, or a share outside of 0 to 1.
        UnknownNameError: another `fill_mode` or `data_format`, with the nearest.

    Example:
        >>> x, y = np.random.default_rng(0).random((6, 8, 8, 1)), np.arange(6)
        >>> generator = ImageDataGenerator(rotation_range=20, horizontal_flip=True)
        >>> batches = generator.flow(x, y, batch_size=4, seed=0)  # model.fit(batches, epochs=5)
        >>> [(images.shape, len(labels)) for images, labels in batches]
        [((4, 8, 8, 1), 4), ((2, 8, 8, 1), 2)]

    Reference:
        Simard, Steinkraus and Platt (2003), Best practices for convolutional neural networks applied to visual document
        analysis.
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0,
        brightness_range: Any = None,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[HostArray], Any] | None = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: Any = None,
    ) -> None:
        owner = settings.OWNER
        self._ranges = settings.ranges_from(
            rotation_range,
            width_shift_range,
            height_shift_range,
            brightness_range,
            shear_range,
            zoom_range,
            channel_shift_range,
            horizontal_flip,
            vertical_flip,
        )
        self.featurewise_center = bool(featurewise_center or featurewise_std_normalization or zca_whitening)
        # Whitening gives every direction the same spread: dividing before would do nothing more.
        self.featurewise_std_normalization = bool(featurewise_std_normalization) and not zca_whitening
        self.samplewise_center = bool(samplewise_center or samplewise_std_normalization)
        self.samplewise_std_normalization = bool(samplewise_std_normalization)
        self.zca_whitening = bool(zca_whitening)
        self.zca_epsilon = number(owner, "zca_epsilon", zca_epsilon, 0.0)
        self.fill_mode = one_of(owner, "fill_mode", fill_mode, FILL_MODES)
        self.cval = number(owner, "cval", cval)
        self.rescale = None if rescale is None else number(owner, "rescale", rescale)
        self.preprocessing_function = _callable(preprocessing_function)
        self.data_format = one_of(owner, "data_format", data_format or "channels_last", FORMATS)
        self.channel_axis = 3 if self.data_format == "channels_last" else 1
        self.validation_split = settings.share_from(validation_split)
        self.interpolation_order = _order(interpolation_order)
        self.dtype = np.dtype(dtype or "float32")
        self.mean: HostArray | None = None
        self.std: HostArray | None = None
        self.zca_whitening_matrix: HostArray | None = None

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> Self:
        """Find the mean, standard deviation and whitening that the featurewise settings need.

        Args:
            x: pictures, (n, H, W, C); `rescale` is applied to them first.
            augment: whether to look at randomly changed pictures instead.
            rounds: how many changes of each, then.
            seed: fixes these changes.
        """
        pictures = settings.pictures_from("fit", x, self.data_format).astype(self.dtype)
        if augment:
            generator = np.random.default_rng(settings.seed_from("fit", seed))
            seen = np.concatenate([pictures] * positive_int("rounds", rounds, owner="fit"))
            pictures = self._randomly_changed(seen, generator)
        pictures = self._rescaled(pictures)
        if self.featurewise_center:
            self.mean = statistics.channel_mean(pictures, self.channel_axis).astype(self.dtype)
            pictures = pictures - self.mean
        if self.featurewise_std_normalization:
            self.std = statistics.channel_spread(pictures, self.channel_axis).astype(self.dtype)
        if self.zca_whitening:
            self.zca_whitening_matrix = statistics.whitening(pictures, self.zca_epsilon).astype(self.dtype)
        return self

    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: Any = None,
        seed: int | None = None,
        ignore_class_split: bool = False,
        subset: str | None = None,
    ) -> ImageBatches:
        """Batches of changed pictures with their targets and weights, for ``model.fit(generator.flow(x, y), epochs=5)``.

        Args:
            x: pictures, (n, H, W, C), of any type of numbers.
            y: targets, (n, ...); without them batches are pictures alone.
            batch_size: pictures a batch; the last of an epoch may have fewer.
            shuffle: whether each epoch has an order of its own.
            sample_weight: a weight for each picture, (n,).
            seed: from 0 up, fixes orders and changes; drawn anew by default, and then kept in `seed` of what is returned.
            ignore_class_split: whether a class may be missing on one side of the split.
            subset: ``"training"`` or ``"validation"``: the pictures on one side of `validation_split`.

        Raises:
            DataError: arrays of other lengths or axes, or a class that is missing on one side of the split.
            NotBuiltError: a featurewise setting, and `fit` was not called.
        """
        self._check_fitted()
        pictures = settings.pictures_from("flow", x, self.data_format)
        count = len(pictures)
        targets = None if y is None else settings.companion("flow", "y", y, count)
        side = settings.divided_at(self.validation_split, subset, targets, count, ignore_class_split)
        arrays = [pictures[side]]
        if targets is not None:
            arrays.append(targets[side])
        if sample_weight is not None:
            if targets is None:
                raise ConfigError("flow expected `y` with `sample_weight`. Received weights alone. Pass y too.")
            arrays.append(settings.companion("flow", "sample_weight", sample_weight, count)[side])
        size = positive_int("batch_size", batch_size, owner="flow")
        return ImageBatches(tuple(arrays), self._prepared, size, bool(shuffle), settings.seed_from("flow", seed))

    def standardize(self, x: Any) -> HostArray:
        """`preprocessing_function`, `rescale`, centering, scaling and whitening, as set; nothing random.

        Args:
            x: one picture (H, W, C), or some (n, H, W, C), of which each counts for itself.

        Returns:
            a new array of the same shape.

        Raises:
            NotBuiltError: a featurewise setting, and `fit` was not called.
        """
        self._check_fitted()
        given = np.asarray(x)
        self._check_axes("standardize", given, single=given.ndim == 3)
        pictures = given[None] if given.ndim == 3 else given
        pictures = self._preprocessed(pictures.astype(self.dtype))
        pictures = self._rescaled(pictures)
        each = (1, 2, 3)
        if self.samplewise_center:
            pictures = pictures - pictures.mean(axis=each, keepdims=True)
        if self.samplewise_std_normalization:
            pictures = statistics.divided(pictures, pictures.std(axis=each, keepdims=True))
        if self.mean is not None and self.featurewise_center:
            pictures = pictures - self.mean
        if self.std is not None and self.featurewise_std_normalization:
            pictures = statistics.divided(pictures, self.std)
        if self.zca_whitening_matrix is not None and self.zca_whitening:
            pictures = (pictures.reshape(len(pictures), -1) @ self.zca_whitening_matrix).reshape(pictures.shape)
        pictures = pictures.astype(self.dtype, copy=False)
        return pictures[0] if given.ndim == 3 else pictures

    def get_random_transform(self, img_shape: Any, seed: int | None = None) -> dict[str, Any]:
        """The numbers of one random change, for `apply_transform`.

        Args:
            img_shape: one picture's shape, (H, W, C).
            seed: fixes them.

        Returns:
            ``theta`` and ``shear`` in degrees, ``tx`` (along the width) and ``ty`` in pixels, ``zx`` and ``zy`` as shares,
            ``flip_horizontal``, ``flip_vertical``, ``channel_shift_intensity`` and ``brightness``.
        """
        height, width = img_shape[:2] if self.data_format == "channels_last" else img_shape[1:3]
        generator = np.random.default_rng(settings.seed_from("get_random_transform", seed))
        drawn = {name: value[0].item() for name, value in self._ranges.draw(generator, 1, height, width).items()}
        quiet = {"flip_horizontal": False, "flip_vertical": False, "channel_shift_intensity": None, "brightness": None}
        return {**STILL, **quiet, **drawn}

    def apply_transform(self, x: Any, transform_parameters: Mapping[str, Any]) -> HostArray:
        """One picture after the change with these numbers, which need not all be given.

        Args:
            x: one picture, (H, W, C).
            transform_parameters: by name, as `get_random_transform` returns them.

        Raises:
            ConfigError: a number of another name.
            DataError: not one picture.
        """
        picture = np.asarray(x, dtype=self.dtype)
        self._check_axes("apply_transform", picture, single=True)
        known = (*STILL, *_FURTHER)
        for name in transform_parameters:
            if name not in known:
                raise ConfigError(
                    f"apply_transform expected numbers named {', '.join(known)}. Received "
                    f"{name!r}{did_you_mean(str(name), list(known)) or '.'} Pass what get_random_transform returned."
                )
        still: dict[str, Any] = {**STILL, **dict.fromkeys(_FURTHER), "flip_horizontal": False, "flip_vertical": False}
        numbers = {n: np.asarray([v]) for n, v in transform_parameters.items() if v is not None and v != still[n]}
        return self._changed(picture[None], numbers)[0]

    def random_transform(self, x: Any, seed: int | None = None) -> HostArray:
        """One picture after a random change: `get_random_transform`, then `apply_transform`."""
        return self.apply_transform(x, self.get_random_transform(np.shape(x), seed))

    # How it works.

    def _prepared(self, pictures: HostArray, generator: np.random.Generator) -> HostArray:
        return self.standardize(self._randomly_changed(pictures, generator))

    def _randomly_changed(self, pictures: HostArray, generator: np.random.Generator) -> HostArray:
        height, width = pictures.shape[1:3] if self.data_format == "channels_last" else pictures.shape[2:4]
        return self._changed(pictures, self._ranges.draw(generator, len(pictures), height, width))

    def _changed(self, pictures: HostArray, numbers: dict[str, HostArray]) -> HostArray:
        if not numbers:
            return pictures.astype(self.dtype)
        interpolation = WARP_INTERPOLATIONS[self.interpolation_order]
        reading = (interpolation, self.fill_mode, self.cval)
        return changed(pictures, numbers, self.data_format, reading).astype(self.dtype, copy=False)

    def _rescaled(self, pictures: HostArray) -> HostArray:
        return pictures if self.rescale is None else pictures * self.dtype.type(self.rescale)

    def _preprocessed(self, pictures: HostArray) -> HostArray:
        if self.preprocessing_function is None:
            return pictures
        done = [np.asarray(self.preprocessing_function(picture)) for picture in pictures]
        wrong = next((item for item in done if item.shape != pictures.shape[1:]), None)
        if wrong is not None:
            raise DataError(
                f"Expected `preprocessing_function` to return a picture of the shape it was given, "
                f"{show(pictures.shape[1:])}. Received {show(wrong.shape)}. Resize the pictures before."
            )
        return np.stack(done).astype(self.dtype)

    def _check_fitted(self) -> None:
        missing = [
            name
            for name, found in (
                ("featurewise_center", self.mean),
                ("featurewise_std_normalization", self.std),
                ("zca_whitening", self.zca_whitening_matrix),
            )
            if getattr(self, name) and found is None
        ]
        if missing:
            raise NotBuiltError(
                f"ImageDataGenerator with {missing[-1]}=True expected to have seen pictures. Received none yet. Call fit(x) "
                f"with the training pictures first."
            )

    def _check_axes(self, owner: str, pictures: HostArray, *, single: bool) -> None:
        if pictures.ndim != (3 if single else 4):
            wanted = "one picture, (height, width, channels)" if single else "pictures of 3 axes, or a batch of 4"
            raise DataError(
                f"{owner} expected {wanted}. Received shape {show(pictures.shape)}. Give gray pictures an axis of channels: "
                f"x[..., None]."
            )


def _callable(function: Any) -> Any:
    if function is not None and not callable(function):
        raise ConfigError(
            f"ImageDataGenerator expected `preprocessing_function` as a function of one picture. Received {function!r}. Pass "
            f"lambda x: x / 127.5 - 1, for example."
        )
    return function


def _order(order: Any) -> int:
    if order not in (0, 1) or isinstance(order, bool):
        raise ConfigError(
            f"ImageDataGenerator expected `interpolation_order` 0 (the nearest pixel) or 1 (linear). Received {order!r}. Leave "
            f"it out for 1."
        )
    return int(order)
