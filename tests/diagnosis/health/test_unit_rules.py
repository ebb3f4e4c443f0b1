"""unit_rules: alike, dead, saturated, constant; each beside a twin that is well."""

from types import SimpleNamespace

import pytest

from glassnet.diagnosis.health.rules import flags

PROBE = SimpleNamespace(input_size=1.0, target_size=0.0, target_spread=1.0)


def kinds(looks, probe=PROBE):
    return [flag.kind for flag in flags(looks, probe)]


def test_a_network_that_is_well_raises_nothing(make):
    layer, look = make
    layers = [layer("dense"), layer("dense_1", units=8, dead=0.25), layer("out", dead=None, saturated=1.0, output=True)]
    assert kinds([look(0, *layers), look(5, *layers), look(10, *layers)]) == []
    assert flags([], PROBE) == ()


@pytest.mark.parametrize(
    ("share", "units", "raised"), [(0.39, 100, False), (0.4, 100, True), (0.5, 2, False), (1, 1, True)]
)
def test_dead_units_are_flagged_from_two_fifths_on_if_they_are_several_or_all(make, share, units, raised):
    layer, look = make
    assert ("dead_units" in kinds([look(0, layer()), look(5, layer(dead=share, units=units))])) is raised


def test_a_flag_tells_since_when_on_which_numbers_and_what_to_do(make):
    layer, look = make
    looks = [
        look(0, layer()),
        look(1, layer(dead=0.8)),
        look(2, layer()),
        look(3, layer(dead=0.5)),
        look(4, layer(dead=0.75)),
    ]
    (flag,) = flags(looks, PROBE)
    assert (flag.layer, flag.since_epoch, flag.since_step) == ("dense", 3, 30)
    assert flag.evidence == {"dead": 0.75, "units": 16.0}
    assert "12 of 16 units" in flag.sentence
    assert "from 0.1 to 0.01" in flag.remedy
    assert "off from the start" in flags([look(0, layer(dead=1.0))], PROBE)[0].remedy


def test_what_passed_is_flagged_only_if_it_lasted_half_of_the_time(make):
    layer, look = make
    ill, well = layer(dead=0.9), layer()
    assert kinds([look(0, well), look(1, ill), look(2, ill), look(3, well)]) == ["dead_units"]
    assert kinds([look(0, well), look(1, ill), look(2, well), look(3, well)]) == []


def test_saturated_units_are_flagged_unless_they_are_the_output_or_have_learned(make):
    layer, look = make
    flat = {"dead": None, "activation": "tanh", "saturated": 0.6}
    out = layer("out", dead=None, saturated=1.0, output=True)
    assert kinds([look(0, layer(**flat), out), look(5, layer(**flat), out)]) == ["saturated_units"]
    assert kinds([look(0, layer(**flat), out), look(5, layer(**flat), out, loss=0.01)]) == []
    assert kinds([look(0, out, layer()), look(5, out, layer())]) == []  # one output of several, met first
    after = layer("act", trains=None, gradient=None, **flat)
    assert kinds([look(0, layer(), after), look(5, layer(), after)]) == []


def test_saturated_units_are_put_down_to_unscaled_inputs_where_they_are(make):
    layer, look = make
    flat, out = layer(dead=None, activation="tanh", saturated=0.9), layer("out")
    (flag,) = flags([look(0, flat, out)], SimpleNamespace(input_size=500.0, target_size=0.0, target_spread=1.0))
    assert "Scale the inputs" in flag.remedy
    assert "500" in flag.remedy
    assert "smaller weights" in flags([look(0, flat, out)], PROBE)[0].remedy


def test_units_that_began_alike_are_flagged_even_if_rounding_set_them_apart(make):
    layer, look = make
    (flag,) = flags([look(0, layer(alike=True)), look(9, layer())], PROBE)
    assert (flag.kind, flag.since_epoch) == ("units_alike", 0)
    assert "random" in flag.remedy
    assert kinds([look(0, layer()), look(9, layer(alike=True))]) == ["units_alike"]


@pytest.mark.parametrize(
    ("spread", "size", "target", "raised"),
    [
        (0.0, 0.5, 1.0, True),
        (5e-4, 0.5, 1.0, True),
        (0.01, 0.5, 1.0, False),
        (1e-5, 2e-4, 1.0, False),
        (0.0, 0.5, 0.0, False),
    ],
)
def test_one_answer_for_all_is_judged_by_targets_and_by_its_own_size(make, spread, size, target, raised):
    layer, look = make
    looks = [look(0, layer()), look(5, layer(), spread=spread, size=size)]
    probe = SimpleNamespace(input_size=1.0, target_size=0.0, target_spread=target)
    assert ("constant_output" in kinds(looks, probe)) is raised


def test_one_answer_before_training_is_nobodys_fault(make):
    layer, look = make
    assert kinds([look(0, layer(), spread=0.0)]) == []
    assert kinds([look(0, layer(), spread=0.0), look(5, layer())]) == []


def test_a_constant_output_is_put_down_to_what_else_was_found(make):
    layer, look = make
    found = flags([look(0, layer(dead=1.0)), look(5, layer(dead=1.0), spread=0.0)], PROBE)
    assert [flag.kind for flag in found] == ["dead_units", "constant_output"]
    assert "Dead units: dense" in found[1].remedy
