"""Initializers: where the first numbers of a weight come from. Drawn with NumPy, so that nothing is compiled."""

from glassnet.initializers.base import Initializer, deserialize, get, initializer_registry, serialize
from glassnet.initializers.chance import Orthogonal, RandomNormal, RandomUniform, TruncatedNormal
from glassnet.initializers.constant import Constant, Identity, Ones, Zeros
from glassnet.initializers.presets import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
)
from glassnet.initializers.scaling import VarianceScaling, compute_fans
from glassnet.initializers.stft import STFT

# The names that Keras has for the same classes.
zeros = Zeros
ones = Ones
constant = Constant
identity = IdentityInitializer = Identity
random_uniform = RandomUniform
random_normal = RandomNormal
truncated_normal = TruncatedNormal
orthogonal = OrthogonalInitializer = Orthogonal
variance_scaling = VarianceScaling
glorot_uniform = GlorotUniform
glorot_normal = GlorotNormal
he_uniform = HeUniform
he_normal = HeNormal
lecun_uniform = LecunUniform
lecun_normal = LecunNormal
stft = STFTInitializer = STFT

__all__ = [
    "STFT",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomNormal",
    "RandomUniform",
    "STFTInitializer",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "compute_fans",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "initializer_registry",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "stft",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]
