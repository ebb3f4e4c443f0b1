"""Embedding: one trainable vector for each whole number."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from glassnet import constraints, initializers, regularizers
from glassnet.foundation.errors import DataError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array, Config, Shape


@layer_registry.register()
class Embedding(Layer):
    """y = E[x]: row x of a table, for words, products, or anything else that has a number from 0 up.

    It is the same as a one-hot vector times E, without the multiplications by 0.

    Args:
        input_dim: the number of rows: the largest number plus 1.
        output_dim: the length of one vector.
        embeddings_initializer: how E starts.
        embeddings_regularizer: a penalty on E added to the loss.
        embeddings_constraint: a rule E is brought back to after each update.
        mask_zero: whether 0 stands for padding: later layers that take a mask then leave those positions out.
        activity_regularizer: a penalty on the output.
        **kwargs: as in every `Layer`; `weights` for a table to start from, as an array (input_dim, output_dim) or a list of
            it; `input_length`, which older code passes, is without effect.

    Shapes:
        input (B, ...) of whole numbers, which may be of a float type; output (B, ..., output_dim); E (input_dim,
        output_dim).

    Raises:
        ConfigError: a size that is not a whole number above 0.
        ShapeError: `weights` of another shape.
        DataError: a number below 0, above ``input_dim - 1``, or not whole. Inside ``jit`` (and so in ``fit``) numbers
            cannot be looked at: one that is too large or below 0 then gets the nearest row, and a fraction is cut off.

    Example:
        >>> import numpy as np
        >>> layer = Embedding(3, 2, embeddings_initializer="ones", mask_zero=True)
        >>> layer(np.array([[2, 1, 0]])).shape
        (1, 3, 2)
        >>> layer.compute_mask(np.array([[2, 1, 0]])).tolist()
        [[True, True, False]]

    Reference:
        Bengio et al. (2003), A neural probabilistic language model.
    """

    autocast = False  # the numbers must stay whole

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        activity_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        table = kwargs.pop("weights", None)
        kwargs.pop("input_length", None)
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self.input_dim = positive_int("input_dim", input_dim, owner="Embedding")
        self.output_dim = positive_int("output_dim", output_dim, owner="Embedding")
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = bool(mask_zero)
        vars(self)["supports_masking"] = self.mask_zero  # of each object here, of the class elsewhere
        if table is not None:
            self.build()
            self.set_weights(table if isinstance(table, list | tuple) and len(table) == 1 else [table])

    def build(self, input_shape: Shape | None = None) -> None:
        """Make E (input_dim, output_dim); the input's shape does not matter."""
        self.embeddings = self.add_weight(
            "embeddings",
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )

    def call(self, inputs: Array) -> Array:
        """The row of E for each number."""
        if not isinstance(inputs, Tracer):
            self._check(np.asarray(inputs))
        return jnp.take(self.embeddings, inputs.astype(jnp.int32), axis=0, mode="clip")

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Where the number is not 0, when `mask_zero` is set."""
        return jnp.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape with `output_dim` as a further axis."""
        return (*input_shape, self.output_dim)

    def get_config(self) -> Config:
        """The constructor's arguments as plain data."""
        # To other layers `input_dim` is a short way to say `input_shape`, which the base leaves out.
        return {"input_dim": self.input_dim, **super().get_config()}

    def _check(self, numbers: np.ndarray) -> None:
        wrong = (numbers < 0) | (numbers >= self.input_dim) | (numbers != np.floor(numbers))
        if wrong.any():
            raise DataError(
                f"Layer {self.path!r} expected whole numbers from 0 to {self.input_dim - 1}. Received "
                f"{numbers[wrong].flat[0]}. Correct the data, or make `input_dim` the largest number plus 1."
            )
