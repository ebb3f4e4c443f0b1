"""Images mixed with others of their batch, and their labels with them."""

from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array
from glassnet.imaging.arguments import interval, number
from glassnet.imaging.colour import spread
from glassnet.imaging.patches import patches
from glassnet.layers.arguments import seed_for
from glassnet.layers.augmentation.base import ImageLayer


class Mixed(NamedTuple):
    """For each image its partner's number, the share of its own label, and of its own pixels (1 or more places)."""

    partner: Array
    share: Array
    pixels: Array


class Mixing(ImageLayer):
    """What `MixUp` and `CutMix` share: ``y = w · x + (1 - w) · x_partner`` for images, masks and labels."""

    mixes_rows: ClassVar[bool] = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Mix the images, and the labels that come with them in a dict."""
        if training and self._path and not isinstance(inputs, dict):
            raise ConfigError(
                f"Layer {self.path!r} expected {{'images': x, 'labels': y}}, whose labels are mixed too. Received images "
                f"alone: inside a model the labels would stay as they are, and be wrong. Take the layer out of the model, and "
                f"mix the batches before they reach fit, as MixUp's example shows."
            )
        return super().call(inputs, training)

    def change(self, images: Array, drawn: Mixed, *, mask: bool = False) -> Array:
        """The images, each with some of its partner."""
        pixels = drawn.pixels.astype(images.dtype) if jnp.issubdtype(images.dtype, jnp.inexact) else drawn.pixels
        return pixels * images + (1 - pixels) * images[drawn.partner]

    def change_labels(self, labels: Array, drawn: Mixed) -> Array:
        """The labels, mixed in the same proportion."""
        count = len(drawn.partner)
        if labels.ndim == 0 or labels.shape[0] != count:
            raise DataError(
                f"Layer {self.path!r} expected one label an image, {count}. Received labels of shape {labels.shape}. Pass "
                f"labels of shape ({count}, classes)."
            )
        if not jnp.issubdtype(labels.dtype, jnp.inexact):
            if labels.ndim == 1 or labels.shape[-1] == 1:
                raise DataError(
                    f"Layer {self.path!r} expected labels that can be mixed, one column a class. Received whole numbers of "
                    f"shape {labels.shape}. Pass glassnet.utils.to_categorical(labels)."
                )
            labels = labels.astype(self.dtype)
        share = spread(drawn.share, labels)
        return share * labels + (1 - share) * labels[drawn.partner]

    def _partners(self, images: Array, key: Array) -> Array:
        return jax.random.permutation(key, images.shape[0])


@layer_registry.register()
class MixUp(Mixing):
    """``x̃ = λ x_i + (1 - λ) x_j``, ``ỹ = λ y_i + (1 - λ) y_j``, λ ~ Beta(α, α), in training.

    Each image is laid over another of its batch, j a random order of the batch, and its label is mixed in the same
    proportion. Since labels change too, the layer takes a dict of both, and stands before `fit` rather than in the model,
    where layers see the images alone.

    Args:
        alpha: α, above 0: small for mixtures in which one image rules, 1 for any mixture alike.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        **kwargs: as in every `Layer`.

    Shapes:
        input ``{"images": (B, H, W, C), "labels": (B, K)}``, output the same. Images alone are mixed too, outside of models.

    Raises:
        ConfigError: `alpha` is not above 0; or images alone, in training inside a model.
        DataError: labels that are class numbers rather than one column a class, or not one an image.
        ShapeError: the images have not 3 or 4 axes, or no axis of channels.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> x, y = np.float32([0, 1]).reshape(2, 1, 1, 1), np.eye(2)
        >>> both = MixUp(1.0, seed=1)({"images": x, "labels": y}, training=True)
        >>> bool((both["images"].ravel() == both["labels"][:, 1]).all())  # as much of the second image as of its label
        True

        Before `fit`: a generator's batches, mixed.

        >>> from glassnet.preprocessing.image import ImageDataGenerator
        >>> mix = MixUp(0.2, seed=0)
        >>> def mixed(x, y):
        ...     both = mix({"images": x, "labels": y}, training=True)
        ...     return both["images"], both["labels"]
        >>> batches = ImageDataGenerator().flow(x, y, batch_size=2).map(mixed)  # model.fit(batches, epochs=5)
        >>> len(batches)
        1

    Reference:
        Zhang et al. (2018), mixup: beyond empirical risk minimization.
    """

    def __init__(
        self, alpha: float = 0.2, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.alpha = number("MixUp", "alpha", alpha, 0.0)
        if self.alpha == 0:
            raise ConfigError("MixUp expected `alpha` above 0. Received 0, with which nothing is mixed. Pass 0.2.")
        self.seed = seed_for("MixUp", seed)

    def draw(self, images: Array, training: bool) -> Mixed:
        """Each image's partner, and how much of itself it keeps."""
        for_order, for_share = jax.random.split(self.draw_key(images))
        share = jax.random.beta(for_share, self.alpha, self.alpha, (images.shape[0],), jnp.float32)
        return Mixed(self._partners(images, for_order), share, share[:, None, None, None])


@layer_registry.register()
class CutMix(Mixing):
    """``x̃ = M ⊙ x_i + (1 - M) ⊙ x_j``, ``ỹ = λ y_i + (1 - λ) y_j``, in training: a patch of one image in another.

    M is 0 in a rectangle of √(1 - λ₀) of the height by as much of the width, λ₀ ~ Beta(α, α), α ~ U(factor); j is a random
    order of the batch, and λ the share of pixels outside of the rectangle. As with `MixUp`, labels change too: the layer takes
    a dict of both, and stands before `fit`.

    Args:
        factor: (lower, upper) for α, from 0 to 1, or b for (0, b).
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input ``{"images": (B, H, W, C), "labels": (B, K)}``, output the same. Images alone are mixed too, outside of models.

    Raises:
        ConfigError: `factor` outside of 0 to 1; or images alone, in training inside a model.
        DataError: labels that are class numbers rather than one column a class, or not one an image.
        ShapeError: the images have not 3 or 4 axes, or no axis of channels.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> x, y = np.stack([np.zeros((4, 4, 1)), np.ones((4, 4, 1))]), np.eye(2)
        >>> both = CutMix((1, 1), seed=1)({"images": x, "labels": y}, training=True)
        >>> bool((both["images"].mean(axis=(1, 2, 3)) == both["labels"][:, 1]).all())  # the label counts the pixels
        True

    Reference:
        Yun et al. (2019), CutMix: regularization strategy to train strong classifiers with localizable features.
    """

    def __init__(
        self, factor: Any = 1.0, seed: int | None = None, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = interval("CutMix", "factor", factor, 0.0, 1.0)
        self.seed = seed_for("CutMix", seed)

    def draw(self, images: Array, training: bool) -> Mixed:
        """Each image's partner, and the pixels that are its own."""
        count = images.shape[0]
        for_order, for_alpha, for_share, for_place = jax.random.split(self.draw_key(images), 4)
        # A little above 0, where the distribution ends.
        alpha = 1e-6 + jax.random.uniform(for_alpha, (), jnp.float32, *self.factor)
        kept = jax.random.beta(for_share, alpha, alpha, (count,), jnp.float32)
        side, places = jnp.sqrt(1 - kept), jax.random.uniform(for_place, (2, count), jnp.float32)
        own = ~patches(images.shape, (side, side), (places[0], places[1]))
        return Mixed(self._partners(images, for_order), jnp.mean(own, axis=(1, 2, 3), dtype=jnp.float32), own)
