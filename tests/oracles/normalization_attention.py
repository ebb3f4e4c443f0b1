"""Write normalization_attention.json: what Keras says of normalization, attention, Embedding and EinsumDense.

Run by hand with Keras installed: ``python tests/oracles/normalization_attention.py``.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

#: (layer, its arguments, the shapes of its inputs, the arguments of its call)
CASES = [
    ("BatchNormalization", {}, [[3, 2, 4]], {}),
    ("BatchNormalization", {"momentum": 0.8, "epsilon": 0.1}, [[3, 2, 4]], {"training": True}),
    ("BatchNormalization", {"axis": 1, "center": False, "scale": False}, [[3, 2, 4]], {"training": True}),
    ("BatchNormalization", {}, [[3, 2, 4]], {"training": True, "mask": [[1, 1], [1, 0], [0, 0]]}),
    ("BatchNormalization", {"renorm": True}, [[3, 2, 4]], {"training": True}),
    ("BatchNormalization", {"renorm": True}, [[3, 2, 4]], {}),
    (
        "BatchNormalization",
        {"renorm": True, "renorm_momentum": 0.7, "momentum": 0.8, "renorm_clipping": {"rmax": 0.4, "dmax": 0.1}},
        [[3, 2, 4]],
        {"training": True},
    ),
    (
        "BatchNormalization",
        {"renorm": True, "renorm_clipping": {"rmin": 0.6}, "axis": 1, "epsilon": 0.3, "center": False},
        [[3, 2, 4]],
        {"training": True},
    ),
    (
        "BatchNormalization",
        {"renorm": True, "scale": False},
        [[3, 2, 4]],
        {"training": True, "mask": [[1, 1], [1, 0], [0, 0]]},
    ),
    ("LayerNormalization", {"rms_scaling": True}, [[3, 2, 4]], {}),
    ("LayerNormalization", {"rms_scaling": True, "axis": [1, 2], "scale": False}, [[3, 2, 4]], {}),
    ("LayerNormalization", {}, [[3, 2, 4]], {}),
    ("LayerNormalization", {"axis": [1, 2], "epsilon": 0.1, "scale": False}, [[3, 2, 4]], {}),
    ("LayerNormalization", {"axis": 1, "center": False}, [[3, 2, 4]], {}),
    ("GroupNormalization", {"groups": 2}, [[3, 2, 4]], {}),
    ("GroupNormalization", {"groups": -1, "axis": 1}, [[3, 2, 4]], {}),
    ("GroupNormalization", {"groups": 1, "axis": 1, "scale": False}, [[3, 2, 4]], {}),
    ("RMSNormalization", {"epsilon": 0.1}, [[3, 2, 4]], {}),
    ("RMSNormalization", {"axis": [-1, -2]}, [[3, 2, 4]], {}),
    ("UnitNormalization", {}, [[3, 2, 4]], {}),
    ("UnitNormalization", {"axis": [1, 2]}, [[3, 2, 4]], {}),
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 2, 3], "bias_axes": "de"}, [[3, 2, 4]], {}),
    ("EinsumDense", {"equation": "...c,cd->...d", "output_shape": 3, "activation": "tanh"}, [[3, 2, 4]], {}),
    ("EinsumDense", {"equation": "ab...,bd->ad...", "output_shape": [5], "bias_axes": "d"}, [[3, 2, 4]], {}),
    ("EinsumDense", {"equation": "abc,bcd->ad", "output_shape": [3], "bias_axes": "d"}, [[3, 2, 4]], {}),
    ("EinsumDense", {"equation": "abc,bcd->abd", "output_shape": [2, 3], "bias_axes": "b"}, [[3, 2, 4]], {}),
    ("Attention", {}, [[3, 2, 4], [3, 5, 4]], {}),
    ("Attention", {"use_scale": True}, [[3, 2, 4], [3, 5, 3], [3, 5, 4]], {"use_causal_mask": True}),
    ("Attention", {"score_mode": "concat", "use_scale": True}, [[3, 2, 4], [3, 5, 4]], {}),
    ("AdditiveAttention", {}, [[3, 2, 4], [3, 5, 3], [3, 5, 4]], {}),
    ("AdditiveAttention", {"use_scale": False}, [[3, 2, 4], [3, 5, 4]], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [[3, 2, 4], [3, 5, 6]], {"return_attention_scores": True}),
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "use_bias": False},
        [[3, 4, 4], [3, 4, 4]],
        {"use_causal_mask": True},
    ),
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "value_dim": 4, "output_shape": [2, 3], "use_gate": True},
        [[3, 2, 4], [3, 5, 6], [3, 5, 2]],
        {"return_attention_scores": True},
    ),
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3},
        [[2, 2, 3], [2, 3, 3]],
        {"attention_mask": [[[1, 0, 1], [0, 1, 1]], [[1, 1, 0], [0, 0, 0]]]},
    ),
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 2, "attention_axes": [2]},
        [[2, 2, 3, 4], [2, 2, 3, 4]],
        {"return_attention_scores": True},
    ),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 2, "attention_axes": [1]}, [[2, 3, 2, 4], [2, 3, 2, 4]], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 2}, [[2, 3, 2, 4], [2, 3, 2, 4]], {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "sliding_window": 2}, [[3, 4, 4], [3, 4, 4]], {}),
    (
        "GroupQueryAttention",
        {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
        [[3, 4, 4], [3, 4, 4]],
        {"return_attention_scores": True},
    ),
    (
        "GroupQueryAttention",
        {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1, "use_gate": True},
        [[3, 4, 4], [3, 4, 4]],
        {"use_causal_mask": True},
    ),
]


def numbers(shapes, seed):
    """Arrays that both sides can make again: no number is stored twice."""
    return [
        np.random.RandomState(seed + i).uniform(0.1, 1.1, shape).astype("float32") for i, shape in enumerate(shapes)
    ]


def rounded(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, "float64").ravel()]


def asked(name, arguments, shapes, call):
    layer, inputs = getattr(keras.layers, name)(**arguments), numbers(shapes, 0)
    given = {k: np.array(v, bool) if k.endswith("mask") and isinstance(v, list) else v for k, v in call.items()}
    packed = [inputs] if name in ("Attention", "AdditiveAttention") else inputs
    layer(*packed, **{k: v for k, v in given.items() if k != "training"})
    layer.set_weights(
        [w - 0.5 for w in numbers([w.shape for w in layer.get_weights()], 100)]
        if name != "BatchNormalization"
        else numbers([w.shape for w in layer.get_weights()], 100)
    )
    output = layer(*packed, **given)
    outputs = list(output) if isinstance(output, tuple) else [output]
    return {
        "layer": name,
        "arguments": arguments,
        "inputs": shapes,
        "call": call,
        "weights": {w.path.split("/", 1)[1]: list(w.shape) for w in layer.weights},
        "outputs": [{"shape": list(y.shape), "numbers": rounded(y)} for y in outputs],
        "after": [rounded(w) for w in layer.get_weights()] if call.get("training") else [],
    }


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(asked(*case)) for case in CASES)
    Path(__file__).with_suffix(".json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
