"""Write transformer_decoder.json: what Keras Hub says of its TransformerDecoder.

Run by hand with Keras and Keras Hub installed: ``python tests/oracles/transformer_decoder.py``.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import numpy as np
from keras_hub.layers import TransformerDecoder

X, Z = [2, 3, 4], [2, 5, 6]
PADDING, PADDING_OF_Z = [[1, 1, 0], [1, 1, 1]], [[1, 1, 0, 0, 0], [1, 1, 1, 1, 0]]
SEEN, SEEN_OF_Z = [[1, 0, 0], [0, 1, 0], [1, 1, 1]], [[1, 0, 1, 1, 0], [1, 1, 1, 1, 1], [0, 1, 1, 0, 1]]

#: (arguments, the shapes of the inputs, the arguments of the call)
CASES = [
    ({"intermediate_dim": 5, "num_heads": 2}, [X], {}),
    ({"intermediate_dim": 5, "num_heads": 2, "normalize_first": True, "activation": "gelu"}, [X], {}),
    ({"intermediate_dim": 5, "num_heads": 1, "layer_norm_epsilon": 0.1}, [X], {"use_causal_mask": False}),
    ({"intermediate_dim": 5, "num_heads": 2}, [X, Z], {}),
    ({"intermediate_dim": 5, "num_heads": 2, "normalize_first": True}, [X, Z], {"encoder_padding_mask": PADDING_OF_Z}),
    ({"intermediate_dim": 5, "num_heads": 2}, [X], {"decoder_padding_mask": PADDING}),
    ({"intermediate_dim": 5, "num_heads": 2}, [X, Z], {"decoder_attention_mask": [SEEN, SEEN]}),
    (
        {"intermediate_dim": 5, "num_heads": 2, "activation": "tanh"},
        [X, Z],
        {"decoder_padding_mask": PADDING, "encoder_attention_mask": [SEEN_OF_Z, SEEN_OF_Z]},
    ),
]


def numbers(shapes, seed):
    """Arrays that both sides can make again: no number is stored twice."""
    return [
        np.random.RandomState(seed + i).uniform(0.1, 1.1, shape).astype("float32") for i, shape in enumerate(shapes)
    ]


def asked(arguments, shapes, call):
    layer, inputs = TransformerDecoder(**arguments), numbers(shapes, 0)
    layer(*inputs)
    layer.set_weights([w - 0.5 for w in numbers([w.shape for w in layer.get_weights()], 100)])
    output = layer(
        *inputs,
        **{
            name: np.array(value, bool) if "padding" in name or "attention" in name else value
            for name, value in call.items()
        },
    )
    return {
        "arguments": arguments,
        "inputs": shapes,
        "call": call,
        "weights": {w.path.split("/", 1)[1]: list(w.shape) for w in layer.weights},
        "output": [float(f"{v:.7g}") for v in np.asarray(output, "float64").ravel()],
    }


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(asked(*case)) for case in CASES)
    Path(__file__).with_suffix(".json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
