"""flag: titles, headings, plain data."""

import json

import pytest

from glassnet.diagnosis.health.flag import FLAG_TITLES, Flag
from glassnet.foundation.errors import ConfigError


@pytest.mark.parametrize("kind", FLAG_TITLES)
def test_every_kind_has_a_title_and_goes_through_json(kind):
    flag = Flag(kind, ("dense",), 0, 0, "It is so.", "Do this.", {"share": 0.5})
    told = json.loads(json.dumps(flag.to_dict()))
    assert (told["title"], told["layer"], told["severity"]) == (FLAG_TITLES[kind], "dense", "warning")
    assert (flag.since, told["evidence"]) == ("from the start", {"share": 0.5})


def test_a_number_that_overflowed_goes_through_json_too():
    flag = Flag("exploding_gradient", ("dense",), 0, 0, "", "", {"gradient": float("inf")})
    assert json.loads(json.dumps(flag.to_dict(), allow_nan=False))["evidence"] == {"gradient": None}


def test_many_layers_are_told_by_the_first_three():
    assert Flag("updates_too_large", tuple("abcde"), 1, 9, "", "").heading == "Updates too large: a, b, c and 2 more"


def test_an_unknown_kind_is_refused():
    with pytest.raises(ConfigError, match="dead_units"):
        Flag("dead", ("dense",), 0, 0, "", "")
