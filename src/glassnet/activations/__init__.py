"""Activation functions: what a unit does with its weighted sum.

Each is a pure function of an array (lists and NumPy arrays are taken too), exact to the ends of float32 in value and
derivative. NaN in gives NaN out: no function hides it.
"""

from glassnet.activations.basic import linear, step
from glassnet.activations.exponential_units import celu, elu, exponential, selu
from glassnet.activations.gates import gelu, glu, hard_silu, mish, silu
from glassnet.activations.probabilities import log_softmax, softmax, sparsemax
from glassnet.activations.rectifiers import leaky_relu, relu, relu6, threshold
from glassnet.activations.registry import activation_registry, deserialize, get, serialize
from glassnet.activations.s_shaped import hard_sigmoid, hard_tanh, log_sigmoid, sigmoid, softsign, sparse_sigmoid, tanh
from glassnet.activations.shrinkage import hard_shrink, soft_shrink, tanh_shrink
from glassnet.activations.smooth_rectifiers import softplus, sparse_plus, squareplus

swish = silu
hard_swish = hard_silu

__all__ = [
    "activation_registry",
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "step",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]
