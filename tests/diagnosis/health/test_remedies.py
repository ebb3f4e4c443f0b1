"""remedies: words that fit what was found."""

from glassnet.diagnosis.health import remedies
from glassnet.diagnosis.health.flag import Flag


def test_a_rate_is_named_where_it_is_known(make):
    _, look = make
    assert "from 0.5 to 0.05" in remedies.too_large(0.5)
    assert "from" not in remedies.too_large(None)
    assert "it is 1e-7" in remedies.too_small(1e-7)
    assert "Lower the learning rate from 1 to 0.1" in remedies.dead(look(3), 1.0)


def test_what_flattens_is_named_and_a_rectifier_is_not(make):
    layer, _ = make
    squashing = layer(activation="tanh", dead=None, saturated=0.1)
    assert "instead of 'tanh'" in remedies.vanishing([squashing])
    assert "instead" not in remedies.vanishing([layer()])
    assert "instead" not in remedies.vanishing([layer(activation="sigmoid", dead=None, saturated=0.1, output=True)])


def test_a_constant_output_points_to_its_cause():
    note = Flag("frozen_layer", ("a",), 0, 0, "", "", severity="note")
    assert "Lower the learning rate" in remedies.constant([note])
    assert "Dead units: b" in remedies.constant([note, Flag("dead_units", ("b",), 0, 0, "", "")])
