"""The merging layers as functions: ``add([a, b])`` for ``Add()([a, b])``."""

from collections.abc import Sequence
from typing import Any

from glassnet.layers.merging import Add, Average, Maximum, Minimum, Multiply, Subtract
from glassnet.layers.merging_axes import Concatenate, Dot


def add(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """``Σ_i x_i``, the sum of the inputs, by an `Add` layer.

    Args:
        inputs: arrays that stretch to one shape (B, ...).
        **kwargs: as in every `Layer`.

    Returns:
        One array of that shape.

    Raises:
        ShapeError: the inputs are not a list, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> add([np.float32([[1, 2]]), np.float32([[10, 20]])]).tolist()
        [[11.0, 22.0]]

    Reference:
        He et al. (2016), Deep residual learning for image recognition.
    """
    return Add(**kwargs)(inputs)


def subtract(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """``x_1 - x_2``, the difference of two inputs, by a `Subtract` layer.

    Args:
        inputs: two arrays that stretch to one shape (B, ...).
        **kwargs: as in every `Layer`.

    Returns:
        One array of that shape.

    Raises:
        ShapeError: the inputs are not a list of two, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> subtract([np.float32([[10, 20]]), np.float32([[1, 2]])]).tolist()
        [[9.0, 18.0]]

    Reference:
        Koch, Zemel & Salakhutdinov (2015), Siamese neural networks for one-shot image recognition.
    """
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """``Π_i x_i``, the product of the inputs, by a `Multiply` layer.

    Args:
        inputs: arrays that stretch to one shape (B, ...).
        **kwargs: as in every `Layer`.

    Returns:
        One array of that shape.

    Raises:
        ShapeError: the inputs are not a list, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> multiply([np.float32([[2, 3]]), np.float32([[5, 7]])]).tolist()
        [[10.0, 21.0]]

    Reference:
        Dauphin et al. (2017), Language modeling with gated convolutional networks.
    """
    return Multiply(**kwargs)(inputs)


def average(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """``(1/n) Σ_i x_i``, the mean of n inputs, by an `Average` layer.

    Args:
        inputs: arrays that stretch to one shape (B, ...).
        **kwargs: as in every `Layer`.

    Returns:
        One array of that shape.

    Raises:
        ShapeError: the inputs are not a list, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> average([np.float32([[1, 2]]), np.float32([[3, 8]])]).tolist()
        [[2.0, 5.0]]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 7.11.
    """
    return Average(**kwargs)(inputs)


def maximum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """``max_i x_i``, the largest of the inputs, by a `Maximum` layer.

    Args:
        inputs: arrays that stretch to one shape (B, ...).
        **kwargs: as in every `Layer`.

    Returns:
        One array of that shape.

    Raises:
        ShapeError: the inputs are not a list, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> maximum([np.float32([[1, 8]]), np.float32([[3, 2]])]).tolist()
        [[3.0, 8.0]]

    Reference:
        Goodfellow et al. (2013), Maxout networks.
    """
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """``min_i x_i``, the smallest of the inputs, by a `Minimum` layer.

    Args:
        inputs: arrays that stretch to one shape (B, ...).
        **kwargs: as in every `Layer`.

    Returns:
        One array of that shape.

    Raises:
        ShapeError: the inputs are not a list, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> minimum([np.float32([[1, 8]]), np.float32([[3, 2]])]).tolist()
        [[1.0, 2.0]]

    Reference:
        Goodfellow et al. (2013), Maxout networks.
    """
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Any:
    """``[x_1, x_2, ...]``, the inputs side by side, by a `Concatenate` layer.

    Args:
        inputs: arrays of one shape except along `axis`.
        axis: the axis along which they are put together; the last by default.
        **kwargs: as in every `Layer`.

    Returns:
        One array, its sizes along the axis added up.

    Raises:
        ShapeError: the inputs are not a list, have no such axis, or differ along another.

    Example:
        >>> import numpy as np
        >>> concatenate([np.float32([[1, 2]]), np.float32([[3]])]).tolist()
        [[1.0, 2.0, 3.0]]

    Reference:
        Huang et al. (2017), Densely connected convolutional networks.
    """
    return Concatenate(axis, **kwargs)(inputs)


def dot(inputs: Sequence[Any], axes: int | Sequence[int] = -1, **kwargs: Any) -> Any:
    """``Σ_k x_k z_k``, the dot products of two inputs, by a `Dot` layer.

    Args:
        inputs: two arrays (B, ...).
        axes: the axis k, or (the first input's, the second's); the last by default.
        **kwargs: `normalize`, and as in every `Layer`.

    Returns:
        (B, the first input's other axes, the second's).

    Raises:
        ShapeError: the inputs are not a list of two, have no such axes, or these differ in size.

    Example:
        >>> import numpy as np
        >>> dot([np.float32([[3, 4]]), np.float32([[6, 8]])], normalize=True).round(5).tolist()
        [[1.0]]

    Reference:
        Vaswani et al. (2017), Attention is all you need, section 3.2.1.
    """
    return Dot(axes, **kwargs)(inputs)
