"""Write recurrent.json: what Keras's recurrent layers make of a wave.

Run by hand with Keras installed: ``python tests/oracles/recurrent.py``.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

X = [3, 4, 2]
#: The last row has no step that counts; the first is filled up at the end, the second has gaps.
MASK = [[1, 1, 1, 0], [0, 1, 0, 1], [0, 0, 0, 0]]
SEQUENCES = {"return_sequences": True}
ALL = {"return_sequences": True, "return_state": True}


def made(name, **settings):
    return {"layer": name, "settings": settings}


LSTM, GRU = made("LSTM", units=2, **SEQUENCES), made("GRU", units=2, **ALL)

#: (layer, shape of the input, arguments of the call); initial states are given by their shapes.
CASES = [
    *[(made(name, units=3, **ALL), X, {"mask": MASK}) for name in ("SimpleRNN", "LSTM", "GRU")],
    *[(made(name, units=2, go_backwards=True, **ALL), X, {"mask": MASK}) for name in ("SimpleRNN", "LSTM", "GRU")],
    *[(made(name, units=2, unroll=True), X, {}) for name in ("SimpleRNN", "LSTM", "GRU")],
    (made("SimpleRNN", units=2, activation="relu", use_bias=False, **ALL), X, {"initial_state": [[3, 2]]}),
    (made("LSTM", units=2, use_bias=False, zero_output_for_mask=True, **ALL), X, {"mask": MASK}),
    (made("LSTM", units=2, zero_output_for_mask=True), X, {"mask": MASK}),
    (made("LSTM", units=2, activation="softsign", recurrent_activation="hard_sigmoid", **ALL), X, {"mask": MASK}),
    (made("LSTM", units=2, **ALL), X, {"mask": MASK, "initial_state": [[3, 2], [3, 2]]}),
    (made("GRU", units=2, reset_after=False, **ALL), X, {"mask": MASK, "initial_state": [[3, 2]]}),
    (made("GRU", units=2, use_bias=False, recurrent_activation="hard_sigmoid"), X, {}),
    (made("RNN", cell=made("LSTMCell", units=2), **ALL), X, {"mask": MASK}),
    (made("RNN", cell=[made("LSTMCell", units=2), made("GRUCell", units=3)], **ALL), X, {"mask": MASK}),
    (
        made("RNN", cell=[made("SimpleRNNCell", units=2), made("LSTMCell", units=1)], go_backwards=True, **ALL),
        X,
        {"mask": MASK},
    ),
    *[
        (made("Bidirectional", layer=LSTM, merge_mode=mode), X, {"mask": MASK})
        for mode in ("concat", "sum", "ave", "mul", None)
    ],
    (made("Bidirectional", layer=GRU), X, {"initial_state": [[3, 2], [3, 2]]}),
    (made("Bidirectional", layer=GRU, merge_mode=None), X, {"mask": MASK}),
    (made("Bidirectional", layer=made("LSTM", units=2, return_state=True)), X, {"mask": MASK}),
    (
        made(
            "Bidirectional",
            layer=made("SimpleRNN", units=2),
            backward_layer=made("SimpleRNN", units=2, activation="relu", go_backwards=True),
            merge_mode="sum",
        ),
        X,
        {},
    ),
    (made("TimeDistributed", layer=made("Dense", units=2, activation="tanh")), X, {}),
    (made("TimeDistributed", layer=made("Conv2D", filters=2, kernel_size=2)), [2, 2, 3, 3, 2], {}),
    (made("TimeDistributed", layer=made("LSTM", units=2)), [2, 3, 2, 3], {}),
    (made("TimeDistributed", layer=made("BatchNormalization")), X, {"training": True}),
    (made("ConvLSTM1D", filters=2, kernel_size=2, padding="same", **ALL), [2, 3, 4, 1], {}),
    (made("ConvLSTM2D", filters=1, kernel_size=[2, 3]), [1, 3, 4, 3, 2], {}),
    (made("ConvLSTM2D", filters=2, kernel_size=3, strides=2, padding="same", **ALL), [1, 2, 4, 3, 1], {}),
    (
        made("ConvLSTM2D", filters=2, kernel_size=2, data_format="channels_first", go_backwards=True, **ALL),
        [1, 3, 1, 3, 4],
        {},
    ),
    (
        made("ConvLSTM2D", filters=1, kernel_size=3, padding="same", dilation_rate=2, recurrent_activation="tanh"),
        [1, 2, 4, 4, 1],
        {},
    ),
    (made("ConvLSTM3D", filters=1, kernel_size=2, use_bias=False), [1, 2, 3, 2, 3, 1], {}),
]


def wave(shape, start):
    """Numbers that a test can make again, from -1 to 1."""
    return np.sin(np.arange(np.prod(shape), dtype="float64") ** 2 + start).reshape(shape).astype("float32")


def build(spec):
    if isinstance(spec, list):
        return [build(item) for item in spec]
    if not isinstance(spec, dict):
        return spec
    return getattr(keras.layers, spec["layer"])(**{name: build(value) for name, value in spec["settings"].items()})


def asked(spec, shape, call):
    layer = build(json.loads(json.dumps(spec)))
    x = wave(shape, 0)
    layer(x)
    layer.set_weights([wave(w.shape, 1 + i) for i, w in enumerate(layer.get_weights())])
    arguments = dict(call)
    if "mask" in call:
        arguments["mask"] = np.array(call["mask"], bool)
    if "initial_state" in call:
        arguments["initial_state"] = [wave(shape, 20 + i) for i, shape in enumerate(call["initial_state"])]
    outputs = [np.array(y) for y in keras.tree.flatten(layer(x, **arguments))]
    return {
        **spec,
        "input": shape,
        "call": call,
        "weights": [list(w.shape) for w in layer.get_weights()],
        "outputs": [{"shape": list(y.shape), "numbers": [round(float(v), 7) for v in y.ravel()]} for y in outputs],
    }


if __name__ == "__main__":
    found = [asked(*case) for case in CASES]
    lines = ",\n".join(json.dumps(case) for case in found)
    Path(__file__).with_suffix(".json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
