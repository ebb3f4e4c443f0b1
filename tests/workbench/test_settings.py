"""What may be chosen, and what is refused."""

import math

import pytest

from glassnet.foundation.errors import ConfigError
from glassnet.workbench import Settings

REFUSED = [
    *(("test", value) for value in (0, 1, -0.1, 1.5, math.nan, "0.2", None, True)),
    *(("validation", value) for value in (0.0, 1.0)),
    *(("epochs", value) for value in (0, -1, 2.5, "5", True)),
    *(("batch_size", value) for value in (0, -32, 1.0)),
    *(("hidden", value) for value in ((0,), (8, -1), (2.5,), 16, "16,8", None)),
    *(("dropout", value) for value in (1, -0.1, math.nan)),
    *(("learning_rate", value) for value in (0, -1e-3, math.inf, math.nan, "0.1")),
    *(("seed", value) for value in (-1, 2**32, 0.5)),
    *(("task", value) for value in ("regress", None)),
    *((name, None) for name in ("activation", "optimizer")),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_value_out_of_range_is_refused_by_its_name(name, value):
    with pytest.raises(ConfigError, match=f"`{name}` expected .* Received .* Pass"):
        Settings(**{name: value})


def test_plain_data_and_back():
    settings = Settings(hidden=(), learning_rate=0.5, seed=3)
    assert Settings.from_dict(settings.to_dict()) == settings
    assert settings.to_dict()["hidden"] == []
    assert Settings(hidden=[5, 2]) == Settings(hidden=(5, 2))


def test_an_unknown_setting_is_named_with_its_nearest():
    with pytest.raises(ConfigError, match="'epoch'; did you mean 'epochs'"):
        Settings.from_dict({"epoch": 5})


def test_what_was_chosen_is_what_differs_from_the_defaults():
    assert Settings().chosen() == {}
    assert Settings(epochs=5, hidden=()).chosen() == {"epochs": 5, "hidden": ()}
