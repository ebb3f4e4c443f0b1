"""Write activations.json: what Keras's NumPy backend says that each activation function and layer returns.

Run by hand with Keras installed: ``python tests/oracles/activations.py``. Sparsemax is left out: Keras 3.15 sums the
cumulated scores, so that its rows do not sum to 1 once two entries are above 0.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "numpy"

import keras
import numpy as np

X = np.array([[-7.3, -3.0, -2.9, -1.2], [-0.6, -0.3, 0.0, 0.2], [0.7, 1.0, 2.5, 9.1]], "float32")

FUNCTIONS = [
    ("linear", {}),
    ("sigmoid", {}),
    ("log_sigmoid", {}),
    ("tanh", {}),
    ("softsign", {}),
    ("hard_sigmoid", {}),
    ("sparse_sigmoid", {}),
    ("hard_tanh", {}),
    ("relu", {}),
    ("relu", {"negative_slope": 0.1, "max_value": 5.0, "threshold": 0.5}),
    ("relu", {"negative_slope": 0.1}),
    ("relu", {"max_value": 2.0}),
    ("relu", {"threshold": 0.7}),
    ("leaky_relu", {}),
    ("relu6", {}),
    ("threshold", {"threshold": 0.2, "default_value": -1.5}),
    ("elu", {}),
    ("elu", {"alpha": 0.3}),
    ("selu", {}),
    ("celu", {"alpha": 0.5}),
    ("exponential", {}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("glu", {}),
    ("silu", {}),
    ("hard_silu", {}),
    ("mish", {}),
    ("softplus", {}),
    ("squareplus", {"b": 2}),
    ("sparse_plus", {}),
    ("soft_shrink", {}),
    ("hard_shrink", {"threshold": 1.0}),
    ("tanh_shrink", {}),
    ("softmax", {}),
    ("softmax", {"axis": 0}),
    ("log_softmax", {}),
]

LAYERS = [
    ("Activation", {"activation": "tanh"}),
    ("ReLU", {}),
    ("ReLU", {"max_value": 5.0, "negative_slope": 0.1, "threshold": 0.5}),
    ("LeakyReLU", {}),
    ("PReLU", {"alpha_initializer": "ones"}),
    ("ELU", {"alpha": 0.7}),
    ("Softmax", {}),
    ("Softmax", {"axis": (0, 1)}),
]


def shortened(values: object) -> object:
    """Nested lists with 8 significant digits a number, which float32 does not exceed."""
    return np.vectorize(lambda value: float(f"{value:.8g}"))(np.asarray(values, "float64")).tolist()


def main() -> None:
    """Ask Keras, and write what it says."""
    functions = [
        [name, arguments, shortened(getattr(keras.activations, name)(X, **arguments))] for name, arguments in FUNCTIONS
    ]
    layers = [[name, arguments, shortened(getattr(keras.layers, name)(**arguments)(X))] for name, arguments in LAYERS]
    stored = {"made with": f"Keras {keras.__version__}", "x": shortened(X), "functions": functions, "layers": layers}
    lines = json.dumps(stored).replace('[["', '[\n["').replace(']], ["', ']],\n["')
    Path(__file__).with_name("activations.json").write_text(lines + "\n")


if __name__ == "__main__":
    main()
