"""What to do about each flag, in words."""

from collections.abc import Sequence

from glassnet.diagnosis.health.flag import Flag
from glassnet.diagnosis.health.looks import HealthLook
from glassnet.foundation.readable import short
from glassnet.inspection import LayerVitals

ALIKE = "Start from random weights: the default initializer, 'glorot_uniform', or 'he_normal' before a ReLU."
EXPLODING = (
    "Clip gradients (clipnorm=1.0 in the optimizer), start from smaller weights (the default initializer, 'he_normal' before "
    "a ReLU), or lower the learning rate."
)
MEANT = "Nothing to do if that is meant; else set trainable = True and compile again."
HELD = "Look at learning_rate_multipliers, the layer's constraints and the optimizer's clipping."
UNREACHED = (
    "Check that the layer's output reaches the loss: that it is used, and that nothing after it stops the gradient."
)


def dead(since: HealthLook, rate: float | None) -> str:
    """What to do about units that are off."""
    softer = "or take 'leaky_relu' or 'elu', which always let something through"
    if since.step == 0:
        return (
            f"They are off from the start: begin with a bias of 0 and 'he_normal' weights, scale the inputs, {softer}."
        )
    return f"Lower the learning rate{_tenth(rate)}, {softer}."


def saturated(since: HealthLook, input_size: float, rate: float | None) -> str:
    """What to do about units on the flat ends of their activation."""
    if input_size > 3:
        return f"Scale the inputs to about one (their size is {short(input_size)}), for example with a Normalization layer."
    if since.step == 0:
        return "Start from smaller weights (the default, 'glorot_uniform'), or put a BatchNormalization before the activation."
    return f"Lower the learning rate{_tenth(rate)}, or put a BatchNormalization before the activation."


def vanishing(layers: Sequence[LayerVitals]) -> str:
    """What to do about a gradient that fades on its way back."""
    squashing = sorted({layer.activation for layer in layers if layer.saturated is not None and not layer.output})
    instead = f" instead of {' and '.join(map(repr, squashing))}" if squashing else ""
    return f"Take 'relu' with 'he_normal' weights{instead}, add BatchNormalization or skip connections, or use fewer layers."


def constant(found: Sequence[Flag]) -> str:
    """What to do about an output that does not depend on the input."""
    causes = [flag.heading for flag in found if flag.severity == "warning"]
    if causes:
        return f"First mend this: {causes[0]}."
    return "Lower the learning rate and any weight decay, scale the inputs, and check that the inputs are not all the same."


def too_large(rate: float | None) -> str:
    """What to do about steps that overrun."""
    return f"Lower the learning rate{_tenth(rate)}; glassnet.tuning.find_learning_rate looks for a good one."


def too_small(rate: float | None) -> str:
    """What to do about steps that lead nowhere."""
    now = f" (it is {short(rate)})" if rate is not None else ""
    return (
        f"Raise the learning rate{now}: 0.001 is usual for Adam, 0.01 for SGD; glassnet.tuning.find_learning_rate looks "
        f"for a good one."
    )


def _tenth(rate: float | None) -> str:
    return f" from {short(rate)} to {short(rate / 10)}" if rate else ""
