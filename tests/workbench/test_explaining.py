"""One row explained: its cells, what they became, parts that make up the prediction, and the step that training would make."""

import json

import numpy as np
import pytest

from glassnet.data import Table
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.workbench import explain


@pytest.fixture
def trained(request, binary, several, number):
    return {"binary": binary, "several": several, "number": number}[request.param]


def rows_of(result):
    return result.loaded.table


@pytest.mark.parametrize("trained", ["binary", "several", "number"], indirect=True)
def test_cells_prediction_and_parts_are_those_of_the_row(trained):
    table, predictor = rows_of(trained), trained.predictor
    answers = predictor.predict(table)
    places = np.unique(answers.values, return_index=True)[1]  # a row of each predicted class
    assert len(places) > 1
    for row in (int(place) + 1 for place in (places[0], places[-1])):
        seen = explain(predictor, table, row)
        x = predictor.preparation.transform(table)[row - 1]
        np.testing.assert_array_equal([v for cell in seen.cells for v in cell.numbers.values()], x)
        assert [n for cell in seen.cells for n in cell.numbers] == list(predictor.preparation.feature_names)
        assert all(cell.cell == table.column(cell.column).cell(row - 1) for cell in seen.cells)
        assert seen.predicted == answers.values[row - 1]
        if answers.probabilities is not None:
            assert seen.score == pytest.approx(answers.probabilities[row - 1].max(), abs=1e-6)
            assert next(iter(seen.probabilities)) == str(seen.predicted)
        parts = sum(cell.part for cell in seen.cells)
        assert parts == pytest.approx(seen.score - seen.start, abs=2e-3 * max(1.0, abs(seen.score)))
        sizes = [abs(cell.part) for cell in seen.moved]
        assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("trained", ["binary", "several", "number"], indirect=True)
def test_the_step_is_the_one_that_training_makes(trained):
    table, predictor = rows_of(trained), trained.predictor
    before = predictor.model.get_weights()
    seen = explain(predictor, table, 3)
    for now, then in zip(predictor.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    after = seen.xray.step.after
    assert seen.xray.loss > 0 and any((after[path] != w).any() for path, w in predictor.model.named_weights().items())
    predictor.model.set_weights([after[path] for path in predictor.model.named_weights()])
    try:
        answers = predictor.predict(table)
    finally:
        predictor.model.set_weights(before)
    if answers.probabilities is None:
        assert seen.after == pytest.approx(answers.values[2], rel=1e-5)
    else:
        place = list(map(str, answers.classes)).index(str(seen.predicted))
        assert seen.after == pytest.approx(answers.probabilities[2, place], abs=1e-6)


def test_without_the_target_there_is_the_pass_forwards(binary):
    table = rows_of(binary)
    goal = binary.predictor.preparation.target.name
    seen = explain(binary.predictor, table.drop(goal), 2)
    assert seen.truth is None and seen.after is None and seen.xray.step is None
    gap = Table.from_columns({**table.columns, goal: [None, *table.column(goal).values[1:].tolist()]})
    assert explain(binary.predictor, gap, 1).truth is None
    assert explain(binary.predictor, gap, 2).truth == str(table.column(goal).cell(1))


def test_it_is_plain_data_and_a_page(several):
    seen = explain(several.predictor, rows_of(several), 4)
    data = json.loads(json.dumps(seen.to_dict()))
    assert data["row"] == 4 and len(data["columns"]) == len(seen.cells) and data["xray"]["loss"] > 0
    assert data["predicted"] in data["probabilities"] and abs(data["explained"]["gap"]) < 2e-3
    page = seen._repr_html_()
    assert "<svg" in page and "X-ray" in page and "<script" not in page


def test_wrong_use_is_named(binary):
    table = rows_of(binary)
    for row in (0, table.rows + 1):
        with pytest.raises(ConfigError, match=f"Expected a row from 1 to {table.rows}"):
            explain(binary.predictor, table, row)
    with pytest.raises(DataError, match="without"):
        explain(binary.predictor, table.drop(binary.predictor.preparation.inputs[0].name), 1)
