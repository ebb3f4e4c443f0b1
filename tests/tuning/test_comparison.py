"""compare: every run is one that `fit` would have made, and the sentence says no more than the spread allows."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from glassnet.data import stratified_validation_rows
from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.optimizers import SGD, Adam
from glassnet.tuning import Race, compare
from glassnet.tuning.comparison import at_rate, named_optimizers
from glassnet.tuning.members import fresh_copy
from glassnet.tuning.races import at_the_edge, best_of_each, level_for, verdict


@pytest.fixture(scope="module")
def found(plane, small):
    rates = {"sgd": [0.01, 0.3], "momentum": [0.1], "adam": [0.05]}
    return compare(small(), *plane, ["sgd", "momentum", "adam"], rates, seeds=[2, 8], epochs=4, batch_size=16)


def test_every_run_is_the_one_that_fit_would_have_made(found, plane, small):
    x, y = plane
    split = stratified_validation_rows(y, 0.2, 0)
    race = next(race for race in found.races if race.optimizer == "momentum")
    alone = fresh_copy(small(optimizer=SGD(0.1, momentum=0.9)), 8)
    mine, held = split.train, split.validation
    history = alone.fit(x[mine], y[mine], epochs=4, batch_size=16, verbose=0, validation_data=(x[held], y[held]))
    np.testing.assert_allclose(race.losses[1], history.history["val_loss"], rtol=1e-5)


def test_races_are_sorted_and_told_as_a_table(found):
    assert [race.mean for race in found.races] == sorted(race.mean for race in found.races) and len(found.races) == 4
    assert found.best is found.races[0] and found.level == level_for(found.races)
    lines = repr(found).splitlines()
    assert lines[0].split()[:2] == ["optimizer", "rate"] and len(lines) == 6 and lines[-1] == found.verdict
    assert found.races[0].epochs_to(found.level) is not None
    assert all(race.seconds > 0 for race in found.races)


def test_the_picture_has_a_line_and_a_band_for_each_optimizer_at_its_best_rate(found):
    picture = found.picture()
    root = ET.fromstring(picture.svg)
    shapes = [path.get("style") for path in root.iter("{http://www.w3.org/2000/svg}path")]
    assert sum("fill-opacity" in style for style in shapes) == 3
    np.testing.assert_array_equal(picture.numbers[found.best.name], found.best.losses)
    assert "sgd (0.3)" in found.picture(log=True).svg and "sgd (0.01)" not in picture.svg


def test_the_template_is_left_as_it_was(plane, small, untouched):
    model = small()
    check = untouched(model)
    compare(model, *plane, ["sgd"], [0.1], seeds=2, epochs=4, batch_size=16)
    check()


def race(name, *ends, rate=0.1):
    return Race(name, rate, np.array(ends, float)[:, None], 0.0)


@pytest.mark.parametrize(
    ("races", "words"),
    [
        (
            [race("adam", 0.20, 0.22, 0.21), race("rmsprop", 0.21, 0.21, 0.22), race("sgd", 0.5, 0.52, 0.53)],
            "adam (0.1) and rmsprop (0.1) do not differ beyond the seeds' spread; adam (0.1) ends lower than sgd (0.1).",
        ),
        (
            [race("adam", 0.20, 0.22), race("sgd", 0.5, np.nan)],
            "sgd (0.1) broke in at least one run.",
        ),
        ([race("adam", np.nan, 0.2), race("sgd", np.nan, 0.3)], "Every optimizer broke in at least one run"),
        ([race("adam", 0.2), race("sgd", 0.3)], "from one seed it cannot be said"),
        ([race("adam", 0.2, 0.3), race("adam", 0.9, 0.9, rate=1.0)], "adam (0.1) ran alone"),
        # The seeds differ by far more than the optimizers, but each seed by the same: paired, that is beyond the spread.
        (
            [race("adam", 1.0, 2.0, 3.0, 4.0), race("sgd", 1.1, 2.11, 3.1, 4.09)],
            "adam (0.1) ends lower than sgd (0.1).",
        ),
        ([race("adam", 1.0, 2.0, 3.0), race("sgd", 1.5, 1.8, 3.1)], "do not differ beyond the seeds' spread."),
    ],
    ids=["groups", "broke", "all broke", "one seed", "alone", "paired", "alike"],
)
def test_the_sentence_says_what_the_spread_allows(races, words):
    assert verdict(races) == words if words.endswith("sgd (0.1).") else words in verdict(races)


def test_optimizers_that_are_the_same_are_rarely_told_apart():
    rng, apart = np.random.default_rng(0), 0
    for _ in range(300):
        base = rng.normal(1, 0.3, 5)
        apart += "lower" in verdict([race(f"o{i}", *(base + rng.normal(0, 0.1, 5))) for i in range(5)])
    # The best of five is no fixed one, so that it differs from some a little more often than 5 %.
    assert apart / 300 < 0.2


def test_the_best_rate_of_each_counts_and_the_level_is_a_tenth_above():
    races = [race("sgd", 0.5, 0.5), race("sgd", 0.3, 0.3, rate=0.2), race("adam", 0.4, 0.4)]
    assert [one.name for one in best_of_each(races)] == ["sgd (0.2)", "adam (0.1)"]
    assert level_for(races) == pytest.approx(0.33) and level_for([race("sgd", -2.0)]) == pytest.approx(-1.8)


def test_best_rates_at_the_edge_are_named():
    races = [race("sgd", 1.0, rate=0.1), race("sgd", 2.0, rate=0.2), race("sgd", 2.0, rate=0.3)]
    assert "lowest tried for sgd: a lower" in at_the_edge(races)
    assert at_the_edge([*races, race("sgd", 0.5, rate=0.15)]) == at_the_edge([race("adam", 1.0)]) == ""


def test_optimizers_by_name_object_class_or_dict():
    assert named_optimizers(["momentum", Adam(0.3), SGD]) == {
        "momentum": SGD(momentum=0.9),
        "adam": Adam(0.3),
        "SGD": SGD(),
    }
    assert named_optimizers({"careful": Adam(clipnorm=1.0)}) == {"careful": Adam(clipnorm=1.0)}
    assert named_optimizers("sgd") == {"sgd": SGD()}
    assert at_rate(Adam(0.3, beta_1=0.5), 0.1) == Adam(0.1, beta_1=0.5)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"optimizers": []}, ConfigError, "Received none"),
        ({"optimizers": ["sgd", "sgd"]}, ConfigError, "a name of its own"),
        ({"optimizers": ["sdg"]}, UnknownNameError, "did you mean 'sgd'"),
        ({"learning_rates": [0.0]}, ConfigError, "`learning_rates`"),
        ({"learning_rates": {"sgd": []}}, ConfigError, "`learning_rates`"),
        ({"validation_split": 0}, ConfigError, "`validation_split`"),
        ({"epochs": -1}, ConfigError, "`epochs`"),
    ],
)
def test_what_cannot_work_is_said(arguments, error, words, plane, small):
    with pytest.raises(error, match=words):
        compare(small(), *plane, **arguments)
