"""Names, did-you-mean, and configuration read off the constructor."""

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.foundation.registry import Configurable, Registry, deserialize, did_you_mean, freeze, serialize

things: Registry = Registry("test thing")


@things.register("pt")
class PlainThing(Configurable):
    def __init__(self, size, *, colour="red", table=None, **rest):
        self.size = size
        self.colour = colour
        self.table = table


@things.register()
class FineThing(PlainThing):
    def __init__(self, gloss=0.5, **kwargs):
        super().__init__(**kwargs)
        self.gloss = gloss


def test_names_in_both_spellings_and_aliases():
    assert things.find("PlainThing") is things.find("plain_thing") is things.find("pt") is PlainThing
    assert things.name_of(PlainThing) == "PlainThing"


def test_a_wrong_name_lists_the_near_and_the_known():
    with pytest.raises(UnknownNameError, match=r"did you mean 'plain_thing'.*Known: FineThing, PlainThing"):
        things.find("plain_thign")
    assert did_you_mean("zzz", ["relu"]) == ""


def test_a_name_is_given_once():
    with pytest.raises(ConfigError, match="which is taken"):
        things.register("pt")(FineThing)


def test_config_round_trip_follows_inheritance():
    thing = FineThing(0.7, size=3, table=np.array([1, 2]))
    again = deserialize(serialize(thing))
    assert again == thing and hash(again) == hash(thing)
    assert again.get_config()["size"] == 3
    assert FineThing(size=3) != FineThing(size=4)
    assert repr(FineThing(0.7, size=3)) == "FineThing(gloss=0.7, size=3)"


def test_numbers_of_different_types_are_different_settings():
    assert freeze(True) != freeze(1) and freeze(1) != freeze(1.0)
    assert freeze([1, {"a": (2,)}]) == freeze([1, {"a": (2,)}])


def test_what_has_no_name_says_how_to_register_it():
    with pytest.raises(ConfigError, match="register_keras_serializable"):
        serialize(lambda x: x)
    with pytest.raises(UnknownNameError, match="kinds"):
        deserialize({"kind": "nothing", "class_name": "X", "config": {}})


def test_make_takes_names_classes_configs_and_objects():
    thing = FineThing(size=1)
    assert things.make(thing) is thing
    assert things.make(serialize(thing)) == thing
    with pytest.raises(ConfigError, match="Received 3 of type int"):
        things.make(3)
