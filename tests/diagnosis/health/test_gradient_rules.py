"""gradient_rules: exploding, vanishing, frozen, too large, too small; each beside a twin that is well."""

from types import SimpleNamespace

import pytest

from glassnet.diagnosis.health.rules import flags

PROBE = SimpleNamespace(input_size=1.0, target_size=0.0, target_spread=1.0)


def kinds(looks, probe=PROBE):
    return [flag.kind for flag in flags(looks, probe)]


def twice(look, *layers, loss=0.5):
    return [look(0, *layers), look(5, *layers, loss=loss)]


def test_a_gradient_explodes_beyond_what_inputs_and_targets_of_that_size_give(make):
    layer, look = make
    looks = twice(look, layer("a", gradient=400.0), layer("b", gradient=500.0), layer("c"))
    (flag,) = flags(looks, PROBE)
    assert (flag.kind, flag.layers, flag.evidence["gradient"]) == ("exploding_gradient", ("b", "a"), 500.0)
    assert kinds(looks, SimpleNamespace(input_size=1.0, target_size=100.0, target_spread=50.0)) == []
    assert kinds(looks, SimpleNamespace(input_size=10.0, target_size=0.0, target_spread=1.0)) == []
    assert kinds(twice(look, layer("a", gradient=float("inf")))) == ["exploding_gradient"]


def test_a_gradient_vanishes_on_its_way_back(make):
    layer, look = make
    small = {"gradient": 1e-6, "dead": None, "saturated": 0.0, "activation": "sigmoid"}
    (flag,) = flags(twice(look, layer("a", **small), layer("b", gradient=1e-4), layer("c")), PROBE)
    assert (flag.kind, flag.layers) == ("vanishing_gradient", ("a", "b"))
    assert flag.evidence["ratio"] == pytest.approx(1e-5)
    assert "instead of 'sigmoid'" in flag.remedy


def test_a_small_gradient_is_well_near_the_output_in_a_scale_and_where_all_are_small(make):
    layer, look = make
    assert kinds(twice(look, layer("a", gradient=1e-6), layer("b", gradient=1e-5))) == []
    assert kinds(twice(look, layer("a"), layer("b", gradient=1e-6))) == []
    assert kinds(twice(look, layer("a", gradient=1e-6, table=False), layer("b"))) == []


def test_on_a_plateau_the_first_look_counts_too(make):
    layer, look = make
    first = look(0, layer("a", gradient=1e-5), layer("b", gradient=0.1))
    assert kinds([first, look(5, layer("a", gradient=5e-5), layer("b", gradient=1e-3))]) == ["vanishing_gradient"]
    assert kinds([first, look(5, layer("a", gradient=0.05), layer("b", gradient=0.1))]) == []


def test_what_has_learned_or_is_explained_does_not_vanish(make):
    layer, look = make
    layers = [layer("a", gradient=1e-6), layer("b")]
    assert kinds(twice(look, *layers, loss=0.01)) == []
    assert kinds(twice(look, *layers, layer("c", dead=1.0))) == ["dead_units"]


def test_a_layer_that_gets_no_gradient_is_told_from_one_that_is_meant_to_stay(make):
    layer, look = make
    stuck = layer("stuck", gradient=0.0, update=0.0)
    meant = layer("meant", trains=False, gradient=None, update=None)
    found = flags(twice(look, stuck, meant, layer("out")), PROBE)
    assert [(flag.layer, flag.severity) for flag in found] == [("stuck", "warning"), ("meant", "note")]
    assert "its gradient is 0" in found[0].sentence
    assert "trainable=False" in found[1].sentence
    assert "reaches the loss" in found[0].remedy


def test_a_layer_held_in_spite_of_its_gradient_says_so(make):
    layer, look = make
    (flag,) = flags(twice(look, layer("held", update=0.0), layer("out")), PROBE)
    assert "though its gradient has a norm of 0.1" in flag.sentence
    assert "learning_rate_multipliers" in flag.remedy


def test_a_layer_that_moved_once_is_not_frozen(make):
    layer, look = make
    looks = [look(0, layer("a", gradient=0.0, update=0.0), layer("b")), look(5, layer("a"), layer("b"))]
    assert kinds(looks) == []


def test_steps_are_too_large_for_good_or_once_beyond_all_measure(make):
    layer, look = make
    assert kinds([look(0, layer(update=0.5)), look(5, layer()), look(9, layer())]) == []
    assert kinds([look(0, layer(update=1.5)), look(5, layer()), look(9, layer())]) == ["updates_too_large"]
    (flag,) = flags([look(0, layer()), look(5, layer("dense", update=0.3))], PROBE)
    assert (flag.kind, flag.since_epoch, flag.evidence["update"]) == ("updates_too_large", 5, 0.3)
    assert "from 0.1 to 0.01" in flag.remedy


def test_steps_are_too_small_only_in_all_layers_and_from_the_start(make):
    layer, look = make
    tiny = {"update": 2e-8}
    (flag,) = flags(twice(look, layer("a", **tiny), layer("b", update=1e-8)), PROBE)
    assert (flag.kind, flag.layers) == ("updates_too_small", ("b", "a"))
    assert "5e7 steps" in flag.sentence
    assert kinds(twice(look, layer("a", **tiny), layer("b"))) == []
    assert kinds([look(0, layer()), look(5, layer(**tiny))]) == []
    assert kinds([look(0, layer(**tiny))]) == []
    assert kinds(twice(look, layer(update=None))) == []
