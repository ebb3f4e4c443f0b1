"""One contract for every recipe: outputs match their names, plain data brings it back, bad data is refused."""

import json

import numpy as np
import pytest

from glassnet.data.columns import column_of
from glassnet.data.recipes import (
    RECIPES,
    BooleanRecipe,
    CategoryRecipe,
    LeftOut,
    NumberRecipe,
    PresenceRecipe,
    recipe_from_config,
)
from glassnet.foundation.errors import DataError

CASES = {
    "number": (NumberRecipe("x", 0, 2.0, 2.0, 0.5), [1, 3, None], [[-2], [2], [0]]),
    "number, missing in training": (NumberRecipe("x", 3, 2.0, 1.0, 2.0), [1, None], [[0, 0], [0.5, 1]]),
    "number from text": (NumberRecipe("x", 0, 2.0, 2.0, 0.5), ["1", "3"], [[-2], [2]]),
    "boolean": (BooleanRecipe("x", 0, True), [True, False, None], [[1], [0], [1]]),
    "boolean, missing in training": (BooleanRecipe("x", 1, False), [True, None], [[1, 0], [0, 1]]),
    "category": (CategoryRecipe("x", 0, ("a", "b"), 0), ["b", "a", "c", None], [[0, 1], [1, 0], [0, 0], [0, 0]]),
    "category with others": (CategoryRecipe("x", 0, ("a",), 3), ["a", "c", None], [[1, 0], [0, 1], [0, 0]]),
    "category with missing": (CategoryRecipe("x", 2, ("a",), 0), ["a", "c", None], [[1, 0], [0, 0], [0, 1]]),
    "category with both": (CategoryRecipe("x", 2, ("a",), 1), ["a", "c", None], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
    "category from numbers": (CategoryRecipe("x", 0, ("1", "2"), 0), [2.0, 1.0], [[0, 1], [1, 0]]),
    "presence": (PresenceRecipe("x", 2, "text", "free text"), ["a", None], [[0], [1]]),
    "left out": (LeftOut("x", 0, "text", "free text"), ["a", None], [[], []]),
}


@pytest.mark.parametrize("case", CASES)
def test_outputs(case):
    recipe, cells, expected = CASES[case]
    found = recipe.apply(column_of("x", cells), str)
    assert found.dtype == np.float32
    assert found.tolist() == expected
    assert found.shape[1] == len(recipe.outputs())
    assert len(set(recipe.outputs())) == len(recipe.outputs())


@pytest.mark.parametrize("case", CASES)
def test_plain_data_brings_it_back(case):
    recipe = CASES[case][0]
    config = json.loads(json.dumps(recipe.to_config()))
    assert recipe_from_config(config) == recipe
    assert recipe.words()
    assert recipe.kind in ("number", "boolean", "category", "text")


@pytest.mark.parametrize("name", RECIPES)
def test_each_field_is_checked(name):
    recipe = next(recipe for recipe, _, _ in CASES.values() if type(recipe) is RECIPES[name])
    config = recipe.to_config()
    for field in config:
        for bad in (None, [None], {"a": 1}):
            with pytest.raises(DataError):
                recipe_from_config(config | {field: bad})
        with pytest.raises(DataError):
            recipe_from_config({key: value for key, value in config.items() if key != field})


def test_every_recipe_has_a_case():
    assert {type(recipe) for recipe, _, _ in CASES.values()} == set(RECIPES.values())


def test_new_rows_are_remarked_upon():
    category = CategoryRecipe("x", 0, ("a",), 0)
    assert category.remarks(column_of("x", ["c", "a", "c", "d", None])) == [
        "x: 3 cells with what was not in training ('c', 'd')",
        "x: 1 cell missing, none in training",
    ]
    assert category.remarks(column_of("x", ["a"])) == []
    assert CategoryRecipe("x", 1, ("a",), 2).remarks(column_of("x", ["c", None])) == []
    assert NumberRecipe("x", 1, 0.0, 0.0, 1.0).remarks(column_of("x", [None])) == []
    assert LeftOut("x", 0, "text", "").remarks(column_of("x", [None, "a"])) == []


def test_words_say_what_is_done():
    assert CASES["number, missing in training"][0].words() == (
        "standardized: minus mean 1, divided by deviation 2; missing cells filled with the median 2, and one 0/1 output "
        "says which"
    )
    assert CASES["category with both"][0].words() == (
        "one 0/1 output for each of 1 level (a); 1 rarer level share one; one for missing cells"
    )
