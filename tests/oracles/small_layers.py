"""Write small_layers.json: what Keras says that layers without trained weights put out.

Run by hand with Keras installed: ``python tests/oracles/small_layers.py``.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

FIRST = "channels_first"
CASES = [
    ("Reshape", {"target_shape": [3, -1]}, [[2, 2, 3]]),
    ("Permute", {"dims": [3, 1, 2]}, [[2, 2, 3, 2]]),
    ("RepeatVector", {"n": 3}, [[2, 2]]),
    ("Cropping1D", {"cropping": [1, 0]}, [[2, 4, 2]]),
    ("Cropping2D", {"cropping": [[1, 0], [0, 2]]}, [[1, 3, 4, 2]]),
    ("Cropping2D", {"cropping": [0, 1], "data_format": FIRST}, [[1, 2, 2, 4]]),
    ("Cropping3D", {"cropping": [[1, 1], [0, 1], [1, 0]]}, [[1, 3, 2, 3, 2]]),
    ("ZeroPadding1D", {"padding": [1, 2]}, [[2, 2, 1]]),
    ("ZeroPadding2D", {"padding": [[1, 0], [0, 2]]}, [[1, 2, 2, 2]]),
    ("ZeroPadding2D", {"padding": 1, "data_format": FIRST}, [[1, 2, 2, 1]]),
    ("ZeroPadding3D", {"padding": [0, 1, 0], "data_format": FIRST}, [[1, 2, 1, 2, 2]]),
    ("UpSampling1D", {"size": 3}, [[2, 2, 2]]),
    ("UpSampling2D", {"size": [1, 2]}, [[1, 2, 2, 2]]),
    ("UpSampling2D", {"size": [2, 3], "interpolation": "bilinear"}, [[1, 2, 3, 1]]),
    ("UpSampling2D", {"size": 2, "interpolation": "bilinear", "data_format": FIRST}, [[1, 2, 2, 2]]),
    ("UpSampling2D", {"size": 2, "interpolation": "bicubic"}, [[1, 3, 3, 1]]),
    ("UpSampling3D", {"size": [2, 1, 2]}, [[1, 1, 2, 2, 2]]),
    *[
        (name, {}, shapes)
        for name in ("Add", "Multiply", "Average", "Maximum", "Minimum")
        for shapes in ([[2, 3], [2, 3], [2, 3]], [[2, 2, 3], [2, 3], [2, 1, 1]])
    ],
    ("Subtract", {}, [[2, 2, 3], [2, 1, 3]]),
    ("Concatenate", {}, [[2, 2, 1], [2, 2, 2]]),
    ("Concatenate", {"axis": 1}, [[2, 1, 2], [2, 2, 2]]),
    ("Dot", {"axes": 1}, [[2, 3], [2, 3]]),
    ("Dot", {"axes": [2, 1]}, [[2, 2, 3], [2, 3, 2]]),
    ("Dot", {"axes": -1, "normalize": True}, [[2, 2, 3], [2, 3]]),
    ("Dot", {"axes": [-2, -1]}, [[1, 3, 2], [1, 1, 2, 3]]),
    ("Masking", {"mask_value": 0.5}, [[2, 2, 2]]),
    ("Rescaling", {"scale": 0.25, "offset": [1.0, -1.0]}, [[2, 2]]),
    ("Normalization", {"axis": -1, "mean": [1.0, 2.0], "variance": [4.0, 0.25]}, [[2, 2]]),
    ("Normalization", {"axis": -1, "mean": 1.0, "variance": 4.0, "invert": True}, [[2, 2]]),
    ("Normalization", {"axis": [1, 2], "mean": [1.0, 2.0], "variance": [0.0, 1.0]}, [[1, 3, 2, 2]]),
]
MASKED = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]
ADAPTED = [-1, None, 1, [1, 2]]
PENALTY = {"l1": 0.2, "l2": 0.3}


def numbers(shape: list[int], start: int = 0) -> np.ndarray:
    """The inputs of every case, here and in the tests: numbers without a pattern that a mistake could hide in."""
    count = np.arange(start, start + int(np.prod(shape)))
    return np.sin(count * 1.7 + 0.3).round(3).reshape(shape).astype("float32")


def masked_inputs() -> list[np.ndarray]:
    """Two sequences whose empty steps are now in one, now in the other, and once in both."""
    a, b = numbers([2, 3, 2]), numbers([2, 3, 2], 50)
    a[0, 1:] = 0
    b[0, 2] = b[1, 0] = 0
    return [a, b]


def plain(x: object) -> list:
    return np.asarray(x).astype("float64").round(6).tolist()


def main() -> None:
    layers, found = (
        keras.layers,
        {"keras": keras.__version__, "cases": [], "masked": {}, "half_masked": {}, "adapted": []},
    )
    for name, config, shapes in CASES:
        inputs = [numbers(shape, 10 * place) for place, shape in enumerate(shapes)]
        y = getattr(layers, name)(**config)(inputs if len(inputs) > 1 else inputs[0])
        found["cases"].append({"layer": name, "config": config, "shapes": shapes, "output": plain(y)})
    for name in MASKED:
        a, b = masked_inputs()
        y = getattr(layers, name)()([layers.Masking()(a), layers.Masking()(b)])
        found["masked"][name] = {"output": plain(y), "mask": np.asarray(y._keras_mask).tolist()}
        y = getattr(layers, name)()([layers.Masking()(a), keras.ops.convert_to_tensor(b)])
        mask = getattr(y, "_keras_mask", None)
        found["half_masked"][name] = {"output": plain(y), "mask": None if mask is None else np.asarray(mask).tolist()}
    for axis in ADAPTED:
        layer, x = layers.Normalization(axis=axis), numbers([4, 2, 2])
        layer.adapt(x)
        found["adapted"].append(
            {"axis": axis, "mean": plain(layer.mean), "variance": plain(layer.variance), "output": plain(layer(x))}
        )
    layer = layers.ActivityRegularization(**PENALTY)
    layer(numbers([4, 3]))
    found["penalty"] = {"config": PENALTY, "loss": float(layer.losses[0])}
    Path(__file__).with_suffix(".json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
