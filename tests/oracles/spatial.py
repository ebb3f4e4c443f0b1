"""Write spatial.json: what Keras's convolution and pooling layers make of a wave.

Run by hand with Keras installed: ``python tests/oracles/spatial.py``.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

LINE, PICTURE, VOLUME = [1, 7, 2], [1, 5, 4, 2], [1, 3, 4, 3, 2]

CONVOLUTIONS = [
    ("Conv1D", {"filters": 3, "kernel_size": 3}, LINE),
    ("Conv1D", {"filters": 2, "kernel_size": 4, "padding": "same", "strides": 2, "activation": "tanh"}, LINE),
    ("Conv1D", {"filters": 2, "kernel_size": 2, "padding": "causal", "dilation_rate": 2, "groups": 2}, LINE),
    ("Conv2D", {"filters": 2, "kernel_size": 3, "activation": "relu"}, PICTURE),
    ("Conv2D", {"filters": 2, "kernel_size": [2, 3], "padding": "same", "strides": [2, 1], "groups": 2}, PICTURE),
    ("Conv2D", {"filters": 1, "kernel_size": 2, "dilation_rate": [3, 2], "use_bias": False}, PICTURE),
    ("Conv3D", {"filters": 2, "kernel_size": 2, "strides": [1, 2, 1]}, VOLUME),
    ("Conv3D", {"filters": 1, "kernel_size": [1, 2, 3], "padding": "same"}, VOLUME),
    ("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2}, LINE),
    ("DepthwiseConv2D", {"kernel_size": 2, "padding": "same", "strides": 2, "depth_multiplier": 2}, PICTURE),
    ("DepthwiseConv2D", {"kernel_size": 2, "dilation_rate": 2, "activation": "tanh"}, PICTURE),
    ("SeparableConv1D", {"filters": 2, "kernel_size": 3, "padding": "same", "depth_multiplier": 2}, LINE),
    ("SeparableConv2D", {"filters": 3, "kernel_size": [3, 2], "strides": 2}, PICTURE),
    ("Conv1DTranspose", {"filters": 2, "kernel_size": 2, "strides": 3}, [1, 3, 2]),
    ("Conv1DTranspose", {"filters": 1, "kernel_size": 3, "strides": 2, "padding": "same"}, [1, 4, 2]),
    ("Conv1DTranspose", {"filters": 1, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}, [1, 5, 2]),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": [3, 4], "strides": 2, "padding": "same"}, [1, 2, 3, 2]),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": 3, "strides": 2, "output_padding": [0, 1]}, [1, 2, 2, 2]),
    (
        "Conv2DTranspose",
        {"filters": 1, "kernel_size": 2, "strides": 3, "output_padding": 1, "padding": "same"},
        [1, 2, 2, 2],
    ),
    ("Conv3DTranspose", {"filters": 1, "kernel_size": 2, "strides": [1, 2, 1]}, [1, 2, 2, 2, 2]),
]

POOLINGS = [
    ("MaxPooling1D", {}, LINE),
    ("MaxPooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, LINE),
    ("MaxPooling2D", {"padding": "same"}, PICTURE),
    ("MaxPooling2D", {"pool_size": [3, 2], "strides": 1}, PICTURE),
    ("MaxPooling3D", {}, VOLUME),
    ("AveragePooling1D", {"pool_size": 4, "strides": 2, "padding": "same"}, LINE),
    ("AveragePooling2D", {"pool_size": 2}, PICTURE),
    ("AveragePooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, PICTURE),
    ("AveragePooling3D", {"pool_size": 2, "padding": "same"}, VOLUME),
    ("GlobalMaxPooling1D", {}, LINE),
    ("GlobalMaxPooling2D", {"keepdims": True}, PICTURE),
    ("GlobalMaxPooling3D", {}, VOLUME),
    ("GlobalAveragePooling1D", {"keepdims": True}, LINE),
    ("GlobalAveragePooling2D", {}, PICTURE),
    ("GlobalAveragePooling3D", {}, VOLUME),
    ("AdaptiveAveragePooling1D", {"output_size": 3}, LINE),
    ("AdaptiveAveragePooling2D", {"output_size": [2, 3]}, PICTURE),
    ("AdaptiveAveragePooling3D", {"output_size": 2}, VOLUME),
    ("AdaptiveMaxPooling1D", {"output_size": 4}, LINE),
    ("AdaptiveMaxPooling2D", {"output_size": [3, 1]}, PICTURE),
    ("AdaptiveMaxPooling3D", {"output_size": [2, 3, 1]}, VOLUME),
]


def wave(shape, start):
    """Numbers without ties or symmetry: sin(k² + start)."""
    return np.sin(np.arange(np.prod(shape), dtype="float64") ** 2 + start).reshape(shape).astype("float32")


def answer(name, settings, shape):
    layer = getattr(keras.layers, name)(**{k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})
    layer.build((None, *shape[1:]))
    layer.set_weights([wave(w.shape, 1 + i) for i, w in enumerate(layer.get_weights())])
    y = np.asarray(layer(wave(shape, 0)))
    return {
        "layer": name,
        "settings": settings,
        "input": shape,
        "weights": [list(w.shape) for w in layer.get_weights()],
        "shape": list(y.shape),
        "output": [float(f"{v:.6g}") for v in y.ravel()],
    }


if __name__ == "__main__":
    kinds = {"convolution": CONVOLUTIONS, "pooling": POOLINGS}
    lines = []
    for kind, cases in kinds.items():
        rows = ",\n".join(json.dumps(answer(*case)) for case in cases)
        lines.append(f'"{kind}": [\n{rows}\n]')
    Path(__file__).with_suffix(".json").write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
