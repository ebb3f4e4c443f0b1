"""From training cells to a recipe: the right one, with the statistics scikit-learn finds, and reasons for what stays out."""

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from glassnet.data.columns import column_of
from glassnet.data.fitting import fit_recipe, mean_and_deviation, middle
from glassnet.data.recipes import BooleanRecipe, CategoryRecipe, LeftOut, NumberRecipe, PresenceRecipe
from glassnet.foundation.errors import DataError


def fit(cells, name="x", max_levels=50, kind=None):
    return fit_recipe(column_of(name, cells, kind), "row {}".format, max_levels)


def test_numbers_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    cells = rng.normal(50.0, 12.0, 200)
    cells[rng.random(200) < 0.2] = np.nan
    recipe = fit(cells)
    filled = SimpleImputer(strategy="median").fit_transform(cells[:, None])
    expected = StandardScaler().fit_transform(filled)[:, 0]
    np.testing.assert_allclose(recipe.apply(column_of("x", cells), str)[:, 0], expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(recipe.apply(column_of("x", cells), str)[:, 1], np.isnan(cells))


@pytest.mark.parametrize("unit", [1e-300, 1e-9, 1.0, 1e12, 1e306])
def test_statistics_hold_at_any_size(unit):
    mean, scale = mean_and_deviation(np.array([1.0, 2.0, 6.0]) * unit)
    np.testing.assert_allclose([mean / unit, scale / unit], [3.0, np.sqrt(14 / 3)], rtol=1e-12)
    assert middle(np.array([1.0, 3.0]) * unit) == pytest.approx(2.0 * unit)


def test_recipes_by_kind():
    assert fit([1, 2, 2, None]) == NumberRecipe("x", 1, 2.0, 1.75, pytest.approx(np.sqrt(3) / 4))
    assert fit([True, False, True]) == BooleanRecipe("x", 0, True)
    assert fit([False, False, True, None]) == BooleanRecipe("x", 1, False)
    assert fit(["b", "a", "a", None]) == CategoryRecipe("x", 1, ("a", "b"), 0)
    assert fit([0, 1, 2, 0, 1, 2]).kind == "number"
    assert fit([f"level {i % 22}" for i in range(44)]).kind == "category"


def test_rarer_levels_share_an_output():
    cells = ["common"] * 5 + ["often"] * 3 + ["b", "b", "a", "a", "rare"]
    assert fit(cells, max_levels=3) == CategoryRecipe("x", 0, ("a", "common", "often"), 2)
    assert fit(cells[::-1], max_levels=3) == fit(cells, max_levels=3)


LEFT_OUT = {
    "nothing": ([None, None], "x", "every cell is missing in the training rows"),
    "one number": ([3, 3, 3], "x", "every row holds 3"),
    "one truth value": ([False, False], "x", "every row holds false"),
    "one word": (["a", "a"], "x", "every row holds 'a'"),
    "names": ([f"name {i}" for i in range(30)], "x", "text that is different in every row"),
    "free text": ([f"note {i}" for i in range(30)] + ["none"] * 5, "x", "free text: 31 different values in 35 rows"),
    "dates": ([f"2024-01-{i:02d}" for i in range(1, 29)], "x", "dates that hardly repeat"),
    "row numbers": (range(30), "id", "an identifier"),
    "patient numbers": (range(500, 530), "patient_id", "an identifier"),
    "passenger numbers": (range(500, 530), "PassengerId", "an identifier"),
    "a written index": (range(30), "column 1", "an identifier"),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_columns_left_out_say_why(case):
    cells, name, reason = LEFT_OUT[case]
    recipe = fit(list(cells), name)
    assert isinstance(recipe, LeftOut)
    assert reason in recipe.words()


@pytest.mark.parametrize("case", [case for case in LEFT_OUT if case != "nothing"])
def test_where_cells_are_missing_that_is_kept(case):
    cells, name, reason = LEFT_OUT[case]
    recipe = fit([*cells, None], name)
    assert isinstance(recipe, PresenceRecipe)
    assert reason in recipe.words()


@pytest.mark.parametrize(
    ("cells", "name"),
    [(range(30), "x"), (range(30), "humid"), ([i % 5 for i in range(30)], "id"), ([i + 0.5 for i in range(30)], "id")],
)
def test_numbers_that_are_no_identifiers(cells, name):
    assert fit(list(cells), name).outputs() == (name,)


def test_declared_categories_are_taken_at_their_word():
    assert len(fit(range(30), kind="category").outputs()) == 30


def test_stray_words_among_numbers_are_named():
    cells = [str(i / 7) for i in range(60)]
    with pytest.raises(
        DataError, match=r"60 of its 62 cells are\. Received the text 'n.v.' in row 10, and 1 more such cell"
    ):
        fit([*cells[:10], "n.v.", *cells[10:], "oops"])
    assert fit(["1", "2", "x"] * 5).kind == "category"
    assert fit([f"0{i}" for i in range(60)] + ["x"]).kind == "text"
    assert fit([str(i) for i in range(60)] * 2 + ["a", "b"] * 50).kind == "category"


def test_infinity_is_named():
    with pytest.raises(DataError, match="Received inf in row 1"):
        fit([1.0, np.inf])
