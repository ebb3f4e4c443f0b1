import jax
import numpy as np
import pytest

from glassnet import activations
from glassnet.activations.registry import activation_registry
from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.foundation.registry import Registry

PUBLIC = [
    name for name in activations.__all__ if name not in ("activation_registry", "deserialize", "get", "serialize")
]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_function_goes_to_its_name_and_back(name):
    function = activations.get(name)
    assert function is getattr(activations, name)
    assert activations.deserialize(activations.serialize(function)) is function
    assert activations.get(function) is function


def test_what_is_registered_is_public():
    assert isinstance(activation_registry, Registry) and activation_registry.kind == "activation"
    ours = {name for name in activation_registry.names() if ">" not in name}  # other tests register their own
    assert ours == set(PUBLIC) - {"swish", "hard_swish"}


def test_none_is_linear():
    assert activations.get(None) is activations.linear


def test_keras_configurations_are_read():
    assert activations.get({"class_name": "function", "config": "relu"}) is activations.relu
    assert activations.get({"class_name": "gelu"}) is activations.gelu


def test_a_wrong_name_is_corrected():
    with pytest.raises(UnknownNameError, match="No activation is called 'rellu'; did you mean 'relu'"):
        activations.get("rellu")


@pytest.mark.parametrize("wrong", [3, object(), {"a": 1}])
def test_what_is_no_activation_is_refused(wrong):
    with pytest.raises(ConfigError, match="Expected"):
        activations.get(wrong)


def test_a_function_without_a_registered_name_is_itself_but_cannot_be_written():
    def own(x):
        return x

    assert activations.get(own) is own
    with pytest.raises(ConfigError, match="Expected a registered function"):
        activations.serialize(own)


def test_the_numbers_of_keras(stored):
    rows = stored["functions"]
    computed = jax.jit(lambda x: [activations.get(name)(x, **arguments) for name, arguments, _ in rows])(
        np.float32(stored["x"])
    )
    for (name, arguments, expected), y in zip(rows, computed, strict=True):
        np.testing.assert_allclose(y, expected, rtol=2e-6, atol=3e-7, err_msg=f"{name} {arguments}")
