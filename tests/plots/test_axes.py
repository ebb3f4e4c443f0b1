import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassnet.plots.axes import Scale, counting, linear, logarithmic, spread


def test_a_scale_maps_its_ends_and_its_middle():
    scale = Scale((0.0, 5.0, 10.0), 300, 100)
    assert [scale(v) for v in (0, 5, 10)] == [300, 200, 100]


def test_a_logarithmic_scale_maps_equal_ratios_to_equal_distances():
    scale = logarithmic(0.01, 100, 0, 400)
    assert scale(1) - scale(0.1) == pytest.approx(scale(100) - scale(10)) == pytest.approx(100)
    assert scale(-5) == 0


def test_a_linear_scale_covers_its_range_at_round_numbers():
    assert linear(0.13, 0.97, 0, 1).ticks == (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@pytest.mark.parametrize(
    ("last", "marks"),
    [(1, [1, 2]), (5, [1, 2, 3, 4, 5]), (50, [1, 10, 20, 30, 40, 50]), (2000, [1, 500, 1000, 1500, 2000])],
)
def test_epochs_are_marked_at_whole_numbers_from_one(last, marks):
    scale, found = counting(last, 0, 100)
    assert found == marks
    assert scale(1) == 0 and scale(max(last, 2)) == 100


@given(st.lists(st.floats(0, 200), min_size=1, max_size=10))
def test_spread_labels_never_touch_and_stay_inside(positions):
    moved = spread(positions, 17, 0, 200)
    assert all(b - a >= 17 - 1e-9 for a, b in zip(sorted(moved), sorted(moved)[1:], strict=False))
    assert min(moved) >= -1e-9 and max(moved) <= 200
    assert sorted(range(len(moved)), key=moved.__getitem__) == sorted(range(len(moved)), key=positions.__getitem__)
