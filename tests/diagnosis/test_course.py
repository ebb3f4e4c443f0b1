import numpy as np
import pytest

from glassnet.diagnosis.course import course_of, noise, smooth

lengths = pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 40, 300])


@lengths
def test_smoothing_keeps_straight_lines(count):
    line = 3 - 0.25 * np.arange(count)
    assert np.allclose(smooth(line), line)


@lengths
def test_smoothing_and_noise_follow_shift_and_scale(count):
    values = np.random.default_rng(0).normal(size=count)
    assert np.allclose(smooth(5 + 1000 * values), 5 + 1000 * smooth(values))
    assert noise(5 + 1000 * values) == pytest.approx(1000 * noise(values))


def test_smoothing_is_a_weighted_fit_of_lines():
    """Against NumPy's own weighted least squares, point by point; no spikes, so none are taken off."""
    values = np.cumsum(np.random.default_rng(1).uniform(0.5, 1.5, size=50))
    half = 6
    expected = []
    for i in range(50):
        at = np.arange(max(0, i - half), min(50, i + half + 1))
        weight = (1 - (np.abs(at - i) / (half + 1)) ** 3) ** 3
        expected.append(np.polyval(np.polyfit(at - i, values[at], 1, w=np.sqrt(weight)), 0))
    assert np.allclose(smooth(values), expected)


def test_a_single_spike_leaves_no_trace_on_the_level():
    values = np.full(30, 2.0)
    values[12] = 50.0
    assert np.allclose(smooth(values), 2.0)


@pytest.mark.parametrize("sigma", [0.01, 1.0, 100.0])
def test_noise_is_found_under_a_trend(sigma):
    values = 50 * sigma * np.exp(-np.arange(300) / 40) + np.random.default_rng(2).normal(0, sigma, 300)
    assert noise(values) == pytest.approx(sigma, rel=0.2)
    assert course_of(values).noise == pytest.approx(sigma, rel=0.2)


def test_the_error_of_the_last_level_is_what_repeated_trials_show():
    generator = np.random.default_rng(3)
    ends = [smooth(generator.uniform(-1, 1, 60))[-1] for _ in range(400)]
    course = course_of(generator.uniform(-1, 1, 60))
    assert course.error / course.noise * np.sqrt(1 / 3) == pytest.approx(np.std(ends), rel=0.35)


def test_the_tail_of_a_line_falls_by_its_slope():
    fall, error = course_of(10 - 0.5 * np.arange(50)).tail()
    assert fall == pytest.approx(0.5 * 9) and error == pytest.approx(0, abs=1e-9)


def test_the_tail_error_is_what_repeated_trials_show():
    generator = np.random.default_rng(4)
    falls, errors = zip(*(course_of(generator.normal(size=50)).tail() for _ in range(300)), strict=True)
    assert np.mean(errors) == pytest.approx(np.std(falls), rel=0.3)


def test_epochs_are_spread_where_validation_was_rarer():
    course = course_of([3.0, 2.0, 1.0, 2.0], epochs=20)
    assert course.epochs.tolist() == [5, 10, 15, 20] and course.best_epoch == 15
    assert course.at(14) == course.level[2]


def test_a_very_long_curve_is_averaged_and_keeps_its_epochs():
    course = course_of(np.abs(np.arange(100_000) - 60_000.0))
    assert len(course.values) == 500
    assert course.best_epoch == pytest.approx(60_000, abs=400) and course.epochs[-1] == 100_000


def test_the_fall_is_from_the_start_to_the_lowest_level_and_never_negative():
    assert course_of([1.0, 2.0, 3.0]).fall == 0.0
    assert course_of([3.0, 2.0, 1.0]).fall == 2.0
