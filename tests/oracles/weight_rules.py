"""Write weight_rules.json: what Keras says of regularizers, constraints and initializers.

Run by hand with Keras installed: ``python tests/oracles/weight_rules.py``.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

W = np.array([[0.5, -1.5, 0.0], [2.0, 0.25, -0.75], [-3.0, 0.1, 0.05], [0.4, 0.0, 1.0]], "float32")

REGULARIZERS = [
    ("L1", {}),
    ("L1", {"l1": 0.3}),
    ("L2", {}),
    ("L2", {"l2": 0.3}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.1, "l2": 0.2}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]

CONSTRAINTS = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 1.0, "axis": 1}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": [0, 1]}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 1.6, "max_value": 2.0, "rate": 0.7, "axis": 1}),
]

INITIALIZERS = [
    ("Zeros", {}),
    ("Ones", {}),
    ("Constant", {"value": 0.3}),
    ("RandomUniform", {}),
    ("RandomNormal", {}),
    ("TruncatedNormal", {}),
    ("VarianceScaling", {}),
    ("VarianceScaling", {"scale": 3.0, "mode": "fan_out", "distribution": "untruncated_normal"}),
    ("VarianceScaling", {"mode": "fan_avg", "distribution": "uniform"}),
    ("GlorotUniform", {}),
    ("GlorotNormal", {}),
    ("HeUniform", {}),
    ("HeNormal", {}),
    ("LecunUniform", {}),
    ("LecunNormal", {}),
    ("Orthogonal", {"gain": 2.0}),
]

SHAPES = [[120, 200], [3, 3, 20, 40]]

STFT = [
    ({"side": "real"}, [6, 1, 4]),
    ({"side": "imag", "window": "hamming", "scaling": "spectrum", "periodic": True}, [6, 1, 4]),
    ({"side": "real", "window": None, "scaling": None}, [4, 1, 5]),
]


def shortened(values: object) -> object:
    """Nested lists with 8 significant digits a number, which float32 does not exceed."""
    return np.vectorize(lambda value: float(f"{value:.8g}"))(np.asarray(values, "float64")).tolist()


def moments(values: np.ndarray) -> dict[str, float]:
    """What is compared of random numbers: their mean, spread and furthest reach."""
    return {
        "mean": round(float(values.mean()), 5),
        "std": round(float(values.std()), 5),
        "reach": round(float(np.abs(values - values.mean()).max()), 5),
    }


def main() -> None:
    """Ask Keras, and write what it says."""
    regularizers = [
        [name, arguments, round(float(getattr(keras.regularizers, name)(**arguments)(keras.ops.array(W))), 7)]
        for name, arguments in REGULARIZERS
    ]
    constraints = [
        [name, arguments, shortened(getattr(keras.constraints, name)(**arguments)(W))]
        for name, arguments in CONSTRAINTS
    ]
    initializers = []
    for name, arguments in INITIALIZERS:
        for shape in SHAPES:
            seeded = {} if name in ("Zeros", "Ones", "Constant") else {"seed": 1}
            drawn = getattr(keras.initializers, name)(**arguments, **seeded)(tuple(shape))
            initializers.append([name, arguments, shape, moments(np.asarray(drawn))])
    stft = [
        [arguments, shape, shortened(np.asarray(keras.initializers.STFT(**arguments)(tuple(shape))).round(6))]
        for arguments, shape in STFT
    ]
    stored = {
        "made with": f"Keras {keras.__version__}",
        "w": shortened(W),
        "regularizers": regularizers,
        "constraints": constraints,
        "initializers": initializers,
        "stft": stft,
    }
    lines = json.dumps(stored).replace('[["', '[\n["').replace('], ["', '],\n["').replace("}], [", "}],\n[")
    Path(__file__).with_name("weight_rules.json").write_text(lines + "\n")


if __name__ == "__main__":
    main()
