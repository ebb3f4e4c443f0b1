"""course: since when something holds."""

from types import SimpleNamespace

import pytest

from glassnet.diagnosis.health.course import Course


@pytest.mark.parametrize(
    ("holds", "since"),
    [("x", 0), (".", None), ("..x", 2), (".xx.x", 4), ("x..", None), ("xx.", 0), (".xx.", 1), ("x.", None)],
)
def test_what_holds_now_counts_from_where_it_is_unbroken_and_what_passed_if_it_lasted(make, holds, since):
    layer, look = make
    looks = [look(epoch, layer(dead=float(sign == "x"))) for epoch, sign in enumerate(holds)]
    course = Course(looks, SimpleNamespace())
    found = course.since_in(course.layers[0], lambda item: item.dead == 1.0)
    assert (None if found is None else found.epoch) == since


def test_learned_is_a_loss_come_down_to_a_tenth(make):
    layer, look = make
    for last, learned in ((0.04, True), (0.06, False)):
        assert Course([look(0, layer(), loss=0.5), look(1, layer(), loss=last)], SimpleNamespace()).learned is learned
