"""The named members of the variance-scaling family: Glorot, He and LeCun, each normal or uniform."""

from collections.abc import Sequence
from typing import ClassVar

from glassnet.initializers.base import initializer_registry
from glassnet.initializers.scaling import VarianceScaling


class Preset(VarianceScaling):
    """A `VarianceScaling` whose scale, mode and distribution go by a name.

    Args:
        seed: a whole number for the same draw every time; None leaves it to the model's seed.
        input_axes: the axes that count into the unit, where the usual rule does not fit; with `output_axes`.
        output_axes: the axes that count out of it; with `input_axes`.
    """

    preset: ClassVar[tuple[float, str, str]] = (1.0, "fan_in", "truncated_normal")

    def __init__(
        self,
        seed: int | None = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(*self.preset, seed=seed, input_axes=input_axes, output_axes=output_axes)


@initializer_registry.register()
class GlorotUniform(Preset):
    """``W ~ U(-l, l)`` with ``l = √(6 / (fan_in + fan_out))``, also called Xavier: the default of most kernels.

    Suits tanh, sigmoid and linear layers: a compromise between keeping the forward and the backward signal's size.

    Args:
        seed: a whole number for the same draw every time; None leaves it to the model's seed.
        input_axes: the axes that count into the unit, where the usual rule does not fit; with `output_axes`.
        output_axes: the axes that count out of it; with `input_axes`.

    Raises:
        ConfigError: one of the two axes alone, or a seed that is not a whole number from 0 up.

    Example:
        >>> w = GlorotUniform(seed=0)((30, 20))
        >>> round(float(w.std()), 1) == round((2 / (30 + 20)) ** 0.5, 1)
        True

    Reference:
        Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural networks, equation 16.
    """

    preset = (1.0, "fan_avg", "uniform")


@initializer_registry.register()
class GlorotNormal(Preset):
    """``W ~ N(0, 2 / (fan_in + fan_out))``, cut at two standard deviations; also called Xavier normal.

    As `GlorotUniform`, with a bell curve of the same variance.

    Args:
        seed: a whole number for the same draw every time; None leaves it to the model's seed.
        input_axes: the axes that count into the unit, where the usual rule does not fit; with `output_axes`.
        output_axes: the axes that count out of it; with `input_axes`.

    Raises:
        ConfigError: one of the two axes alone, or a seed that is not a whole number from 0 up.

    Example:
        >>> w = GlorotNormal(seed=0)((30, 20))
        >>> round(float(w.std()), 1) == round((2 / (30 + 20)) ** 0.5, 1)
        True

    Reference:
        Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.
    """

    preset = (1.0, "fan_avg", "truncated_normal")


@initializer_registry.register()
class HeUniform(Preset):
    """``W ~ U(-l, l)`` with ``l = √(6 / fan_in)``.

    Suits ReLU and its kin: the factor 2 makes up for the half that ReLU cuts off.

    Args:
        seed: a whole number for the same draw every time; None leaves it to the model's seed.
        input_axes: the axes that count into the unit, where the usual rule does not fit; with `output_axes`.
        output_axes: the axes that count out of it; with `input_axes`.

    Raises:
        ConfigError: one of the two axes alone, or a seed that is not a whole number from 0 up.

    Example:
        >>> w = HeUniform(seed=0)((30, 20))
        >>> round(float(w.std()), 1) == round((2 / 30) ** 0.5, 1)
        True

    Reference:
        He, Zhang, Ren & Sun (2015), Delving deep into rectifiers.
    """

    preset = (2.0, "fan_in", "uniform")


@initializer_registry.register()
class HeNormal(Preset):
    """``W ~ N(0, 2 / fan_in)``, cut at two standard deviations.

    Suits ReLU and its kin, above all in deep networks.

    Args:
        seed: a whole number for the same draw every time; None leaves it to the model's seed.
        input_axes: the axes that count into the unit, where the usual rule does not fit; with `output_axes`.
        output_axes: the axes that count out of it; with `input_axes`.

    Raises:
        ConfigError: one of the two axes alone, or a seed that is not a whole number from 0 up.

    Example:
        >>> w = HeNormal(seed=0)((30, 20))
        >>> round(float(w.std()), 1) == round((2 / 30) ** 0.5, 1)
        True

    Reference:
        He, Zhang, Ren & Sun (2015), Delving deep into rectifiers, equation 10.
    """

    preset = (2.0, "fan_in", "truncated_normal")


@initializer_registry.register()
class LecunUniform(Preset):
    """``W ~ U(-l, l)`` with ``l = √(3 / fan_in)``.

    Suits tanh and linear layers; keeps the variance of the forward signal.

    Args:
        seed: a whole number for the same draw every time; None leaves it to the model's seed.
        input_axes: the axes that count into the unit, where the usual rule does not fit; with `output_axes`.
        output_axes: the axes that count out of it; with `input_axes`.

    Raises:
        ConfigError: one of the two axes alone, or a seed that is not a whole number from 0 up.

    Example:
        >>> w = LecunUniform(seed=0)((30, 20))
        >>> round(float(w.std()), 1) == round((1 / 30) ** 0.5, 1)
        True

    Reference:
        LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, equation 16.
    """

    preset = (1.0, "fan_in", "uniform")


@initializer_registry.register()
class LecunNormal(Preset):
    """``W ~ N(0, 1 / fan_in)``, cut at two standard deviations.

    The partner of `selu`, whose layers it lets keep mean 0 and variance 1.

    Args:
        seed: a whole number for the same draw every time; None leaves it to the model's seed.
        input_axes: the axes that count into the unit, where the usual rule does not fit; with `output_axes`.
        output_axes: the axes that count out of it; with `input_axes`.

    Raises:
        ConfigError: one of the two axes alone, or a seed that is not a whole number from 0 up.

    Example:
        >>> w = LecunNormal(seed=0)((30, 20))
        >>> round(float(w.std()), 1) == round((1 / 30) ** 0.5, 1)
        True

    Reference:
        Klambauer, Unterthiner, Mayr & Hochreiter (2017), Self-normalizing neural networks.
    """

    preset = (1.0, "fan_in", "truncated_normal")
