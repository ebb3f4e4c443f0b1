"""finding: what, where, why and what to do, a line each."""

import json

from glassnet.diagnosis.first_bad import FirstBadNumber

FOUND = FirstBadNumber(
    2, 3, "rnn", "forward", "product", "mine.py, line 3, in call", 7, (4, 9), cause="overflow", why="It grew.", remedy="Clip.",
    kept="The weights of epoch 1 are back.",
)  # fmt: skip


def test_everything_that_is_known_is_said():
    assert FOUND.words.splitlines() == [
        "Training diverged in epoch 2. The weights of epoch 1 are back.",
        "Where: epoch 2, step 3, layer 'rnn', time step 7, forward, product, mine.py, line 3, in call; rows 4, 9.",
        "Why: It grew.",
        "What to do: Clip.",
    ]


def test_rows_are_counted_where_they_are_many():
    many = FirstBadNumber(1, 1, "the loss", "forward", "exp", rows=tuple(range(10)))
    assert many.lines[0] == "Where: epoch 1, step 1, the loss, forward, exp; rows 0, 1, 2, 3, 4, 5, 6, 7 and 2 more."
    every = FirstBadNumber(1, 1, rows=tuple(range(10)), all_rows=True)
    assert every.lines[0] == "Where: epoch 1, step 1; all 10 rows of the batch."


def test_a_validation_batch_and_a_single_step_are_called_so():
    assert FirstBadNumber(1, 2, held_out=True).lines[0] == "Where: epoch 1, validation batch 2."
    alone = FirstBadNumber(None, 5, rows=(3,), in_batch=True)
    assert alone.words.splitlines()[:2] == ["Training diverged in step 5.", "Where: step 5; row 3 of the batch."]


def test_it_is_plain_data():
    assert json.loads(json.dumps(FOUND.to_dict()))["rows"] == [4, 9]
