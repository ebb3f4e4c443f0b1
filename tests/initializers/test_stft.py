import json

import numpy as np
import pytest

from glassnet import initializers
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.initializers import STFT

GENERATOR = np.random.default_rng(0)


def test_the_numbers_of_keras(stored):
    for arguments, shape, expected in stored["stft"]:
        np.testing.assert_allclose(STFT(**arguments).draw(tuple(shape), GENERATOR), expected, atol=2e-6)


def test_a_convolution_with_it_is_the_fourier_transform():
    signal = np.random.default_rng(1).normal(size=8)
    real, imag = (STFT(side, None, None).draw((8, 1, 5), GENERATOR)[:, 0] for side in ("real", "imag"))
    np.testing.assert_allclose(signal @ (real + 1j * imag), np.fft.rfft(signal), atol=1e-5)


@pytest.mark.parametrize(
    "initializer", [STFT(), STFT("imag", "hamming", None, True), STFT(window=[1.0, 2.0])], ids=repr
)
def test_configuration_goes_through_json_and_back(initializer):
    assert initializers.deserialize(json.loads(json.dumps(initializers.serialize(initializer)))) == initializer


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"side": "imaginary"}, "`side` as 'real' or 'imag'"),
        ({"scaling": "l2"}, "`scaling` as 'density', 'spectrum' or None"),
        ({"window": "unknown"}, "a name that scipy.signal.get_window knows. Received 'unknown'"),
    ],
)
def test_arguments_that_cannot_work(arguments, message):
    with pytest.raises(ConfigError) as caught:
        STFT(**arguments)
    assert message in str(caught.value)


def test_shapes_that_cannot_work():
    with pytest.raises(ShapeError, match=r"weight of shape \(frame, 1, bands\)"):
        STFT().draw((3, 4), GENERATOR)
    with pytest.raises(ShapeError, match=r"a window of shape \(4,\), as long as the frame"):
        STFT(window=[1.0, 2.0]).draw((4, 1, 3), GENERATOR)
