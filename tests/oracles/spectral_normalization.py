"""Write spectral_normalization.json: what Keras says of layers whose kernel is divided by its largest singular value.

Run by hand with Keras installed: ``python tests/oracles/spectral_normalization.py``.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

#: (the layer inside, its arguments, power iterations, the input's shape, whether the kernel is all zeros)
CASES = [
    ("Dense", {"units": 3, "activation": "tanh"}, 1, [5, 4], False),
    ("Dense", {"units": 3, "use_bias": False}, 4, [2, 3, 4], False),
    ("Dense", {"units": 2}, 1, [5, 4], True),
    ("Conv2D", {"filters": 2, "kernel_size": 2, "padding": "same"}, 2, [2, 4, 4, 3], False),
    ("DepthwiseConv2D", {"kernel_size": 2, "depth_multiplier": 2}, 1, [2, 3, 3, 2], False),
    ("EinsumDense", {"equation": "ab,bcd->acd", "output_shape": [2, 3], "bias_axes": "d"}, 1, [3, 4], False),
    ("Embedding", {"input_dim": 6, "output_dim": 3}, 1, [2, 4], False),
]


def numbers(shape, seed):
    """An array that both sides can make again: no number is stored twice."""
    return np.random.RandomState(seed).uniform(-0.5, 0.5, shape).astype("float32")


def rounded(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, "float64").ravel()]


def asked(name, arguments, iterations, shape, zeros):
    layer = keras.layers.SpectralNormalization(getattr(keras.layers, name)(**arguments), iterations)
    x = np.floor(6 * (numbers(shape, 0) + 0.5)) if name == "Embedding" else numbers(shape, 0)
    layer(x)
    held = {weight.name: weight for weight in layer.weights}
    for index, weight_name in enumerate(sorted(held)):
        held[weight_name].assign(numbers(held[weight_name].shape, 100 + index))
    if zeros:
        layer.layer.kernel.assign(0 * layer.layer.kernel.value)
    outputs = [layer(x, training=False), layer(x, training=True), layer(x, training=True)]
    return {
        "layer": name,
        "arguments": arguments,
        "iterations": iterations,
        "input": shape,
        "zeros": zeros,
        "outputs": [rounded(y) for y in outputs],
        "after": {weight_name: rounded(held[weight_name]) for weight_name in sorted(held)},
    }


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(asked(*case)) for case in CASES)
    Path(__file__).with_suffix(".json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
