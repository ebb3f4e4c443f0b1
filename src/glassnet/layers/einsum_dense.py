"""A dense layer along any axes, said by an einsum equation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import jax.numpy as jnp

from glassnet import activations, constraints, initializers, regularizers
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.observing import seen
from glassnet.foundation.shapes import InputSpec, int_or_none, show
from glassnet.foundation.types import Array, Shape
from glassnet.initializers import VarianceScaling


@dataclass(frozen=True)
class Terms:
    """An equation's three terms, the dots that stand for further axes taken out.

    Args:
        inputs: the letters of the input's axes.
        kernel: the letters of the kernel's axes.
        outputs: the letters of the output's axes.
        dots: where the dots stand: ``"left"``, ``"right"``, or empty.
    """

    inputs: str
    kernel: str
    outputs: str
    dots: str = ""


def parse(equation: str) -> Terms:
    """The terms of ``"ab,bc->ac"``, ``"...b,bc->...c"`` or ``"ab...,bc->ac..."``.

    Raises:
        ConfigError: it has another form, or an axis of the kernel or output that comes from nowhere.
    """
    forms = {
        "": r"(\w+),(\w+)->(\w*)",
        "left": r"\.{3}(\w+),(\w+)->\.{3}(\w+)",
        "right": r"(\w+)\.{3},(\w+)->(\w+)\.{3}",
    }
    for dots, form in forms.items():
        found = re.fullmatch(form, equation.replace(" ", ""), re.ASCII) if isinstance(equation, str) else None
        if found and not re.search(r"[\d_]", equation):
            inputs, kernel, outputs = found.groups()
            stray = (set(kernel) - set(inputs) - set(outputs)) | (set(outputs) - set(inputs) - set(kernel))
            if not stray:
                return Terms(inputs, kernel, outputs, dots)
    raise ConfigError(
        f"EinsumDense expected an `equation` of input, kernel and output such as 'ab,bc->ac', '...b,bc->...c' or "
        f"'ab...,bc->ac...', where each axis of the kernel is one of the input or output and each axis of the output one of "
        f"the input or kernel. Received {equation!r}. Write one letter for each axis."
    )


@layer_registry.register()
class EinsumDense(Layer):
    """y = f(einsum(equation, x, W) + b): a `Dense` layer along any axes.

    ``"abc,cd->abd"`` is `Dense` on three axes; ``"abc,cde->abde"`` makes two axes out of one, as the heads of attention do.

    Args:
        equation: the axes of the input, of W, and of the output, batch first: ``"ab,bc->ac"``. Three dots at the
            beginning or end of input and output stand for any further axes.
        output_shape: the output's sizes without the batch and what the dots stand for; None for a size taken from the
            input.
        activation: f, a name or a function of an array; linear by default.
        bias_axes: the output's axes, by letter, that b has; None for no b.
        kernel_initializer: how W starts. Its fans are counted along the axes that the equation sums over.
        bias_initializer: how b starts.
        kernel_regularizer: a penalty on W added to the loss.
        bias_regularizer: a penalty on b.
        kernel_constraint: a rule W is brought back to after each update.
        bias_constraint: the same for b.
        activity_regularizer: a penalty on y.
        **kwargs: as in every `Layer`.

    Shapes:
        input, W and output as the equation says; b has the output's axes from the first of `bias_axes` on.

    Raises:
        ConfigError: an equation of another form, or bias axes that are not the output's.
        ShapeError: the input does not fit the equation or `output_shape`.

    Example:
        >>> import numpy as np
        >>> layer = EinsumDense("abc,cde->abde", output_shape=(None, 2, 4), bias_axes="de")
        >>> layer(np.ones((3, 5, 6))).shape, layer.kernel.shape, layer.bias.shape
        ((3, 5, 2, 4), (6, 2, 4), (2, 4))

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, chapter 6.
    """

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        activity_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self.terms = parse(equation)
        self.equation = equation
        self.output_shape = _sizes(output_shape)
        self.activation = activations.get(activation)
        self.bias_axes = _checked_axes(bias_axes, self.terms.outputs)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make W and b, with the sizes that the equation and the shapes give."""
        terms, sizes = self.terms, self._sizes_by_letter(input_shape)
        self.kernel = self.add_weight(
            "kernel",
            self._known(terms.kernel, sizes, input_shape),
            self._aware_initializer(),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        if self.bias_axes is not None:
            letters = terms.outputs[min(terms.outputs.index(letter) for letter in self.bias_axes) :]
            wanted = self._known(self.bias_axes, sizes, input_shape)
            shape = [dict(zip(self.bias_axes, wanted, strict=True)).get(letter, 1) for letter in letters]
            further = len(input_shape) - len(terms.inputs) if terms.dots == "right" else 0
            self.bias = self.add_weight(
                "bias",
                (*shape, *[1] * further),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(ndim=len(input_shape))

    def call(self, inputs: Array) -> Array:
        """f(einsum(equation, x, W) + b)."""
        y = self._product(inputs)
        if self.bias_axes is not None:
            y = y + self.bias
        return self.activation(seen("pre_activation", y))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape where the equation keeps an axis, and `output_shape` elsewhere."""
        terms, sizes = self.terms, self._sizes_by_letter(input_shape)
        further = len(input_shape) - len(terms.inputs)
        own = tuple(sizes[letter] for letter in terms.outputs)
        if terms.dots == "left":
            return (*input_shape[:further], *own)
        return (*own, *input_shape[len(input_shape) - further :])

    def _product(self, x: Array) -> Array:
        terms, kernel = self.terms, self.kernel
        summed = [letter for letter in terms.kernel if letter not in terms.outputs]
        count = len(summed)
        kept = terms.inputs[: len(terms.inputs) - count]
        plain = terms.inputs == kept + terms.kernel[:count] and terms.outputs == kept + terms.kernel[count:]
        if terms.dots == "right" or not count or not plain:
            return jnp.einsum(self.equation, x, kernel)
        # The last axes times the first ones: one flat matmul is several times faster than what einsum makes of it.
        width = prod(kernel.shape[:count])
        rows = x.reshape(-1, width) @ kernel.reshape(width, -1)
        return rows.reshape(*x.shape[: x.ndim - count], *kernel.shape[count:])

    def _sizes_by_letter(self, input_shape: Shape) -> dict[str, int | None]:
        terms = self.terms
        further = len(input_shape) - len(terms.inputs)
        if further < 0 or (further and not terms.dots):
            raise ShapeError(
                f"Layer {self.path!r} expected an input of {len(terms.inputs)} axes for the equation {self.equation!r}. "
                f"Received shape {show(input_shape)}. Write one letter an axis, or three dots for further axes."
            )
        own = input_shape[further:] if terms.dots == "left" else input_shape[: len(terms.inputs)]
        sizes = dict(zip(terms.inputs, own, strict=True))
        # The batch is not in output_shape; it stands behind the dots on the left, or is the first letter.
        rest = terms.outputs if terms.dots == "left" and further else terms.outputs[1:]
        if len(self.output_shape) != len(rest):
            raise ShapeError(
                f"Layer {self.path!r} expected {len(rest)} sizes in `output_shape` for the equation {self.equation!r} and an "
                f"input of shape {show(input_shape)}. Received {show(self.output_shape)}. Give one for each axis of the "
                f"output but the batch."
            )
        if rest != terms.outputs and terms.outputs:
            sizes.setdefault(terms.outputs[0], input_shape[0])
        for letter, size in zip(rest, self.output_shape, strict=True):
            held = sizes.get(letter)
            if size is not None and held is not None and size != held:
                raise ShapeError(
                    f"Layer {self.path!r} expected size {size} at axis {letter!r} of {self.equation!r}, as in `output_shape`. "
                    f"Received size {held}, in an input of shape {show(input_shape)}. Make the two equal, or pass None there."
                )
            sizes[letter] = held if size is None else size
        return sizes

    def _known(self, letters: str, sizes: dict[str, int | None], input_shape: Shape) -> tuple[int, ...]:
        unknown = [letter for letter in letters if sizes[letter] is None]
        if unknown:
            raise ShapeError(
                f"Layer {self.path!r} expected to know the size of axis {unknown[0]!r} of {self.equation!r}. Received "
                f"`output_shape` {show(self.output_shape)} and an input of shape {show(input_shape)}. Give it in one of them."
            )
        return tuple(size for letter in letters if (size := sizes[letter]) is not None)

    def _aware_initializer(self) -> Any:
        """The kernel's initializer, told which axes are summed over: the usual rule takes the last but one."""
        start = self.kernel_initializer
        if not isinstance(start, VarianceScaling) or start.input_axes is not None:
            return start
        made = [axis for axis, letter in enumerate(self.terms.kernel) if letter in self.terms.outputs]
        summed = [axis for axis in range(len(self.terms.kernel)) if axis not in made]
        return VarianceScaling(start.scale, start.mode, start.distribution, start.seed, summed, made)


def _sizes(output_shape: Any) -> tuple[int | None, ...]:
    given = list(output_shape) if isinstance(output_shape, list | tuple) else [output_shape]
    whole = tuple(None if size is None else int_or_none(size) or 0 for size in given)
    if any(size is not None and size < 1 for size in whole):
        raise ConfigError(
            f"EinsumDense expected `output_shape` as a size of 1 or more, or a list of them and None. Received "
            f"{output_shape!r}. Pass the output's sizes without the batch."
        )
    return whole


def _checked_axes(bias_axes: Any, outputs: str) -> str | None:
    if bias_axes is None or bias_axes == "":
        return None
    if not isinstance(bias_axes, str) or len(set(bias_axes)) < len(bias_axes) or set(bias_axes) - set(outputs):
        raise ConfigError(
            f"EinsumDense expected `bias_axes` as letters of the output {outputs!r}, each once. Received {bias_axes!r}. Pass "
            f"the letters of the axes that have a bias of their own, or None for no bias."
        )
    return bias_axes
