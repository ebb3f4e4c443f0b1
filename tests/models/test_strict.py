"""fit(strict=...): what Keras trains silently through stops before the first step, or is said and let through."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.errors import ConfigError, DataError, GlassnetWarning, ShapeError
from glassnet.layers import Conv2D, Dense, GlobalAveragePooling2D


def net(units, activation, loss):
    model = Sequential([Input((4,)), Dense(units, activation=activation)], seed=0)
    model.compile("sgd", loss)
    return model


def pictures():
    model = Sequential([Input((3, 10, 10)), Conv2D(2, 3), GlobalAveragePooling2D(), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    return model


X = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")
PICTURES = np.random.default_rng(0).normal(size=(40, 3, 10, 10)).astype("float32")
Y = np.arange(40) % 3

WRONG = {
    "labels": (lambda: net(2, "softmax", "sparse_categorical_crossentropy"), X, Y, DataError, "received 2 in row 2"),
    "logits": (lambda: net(1, None, "binary_crossentropy"), X, Y % 2, ConfigError, "activation 'linear'"),
    "sigmoid": (lambda: net(3, "sigmoid", "sparse_categorical_crossentropy"), X, Y, ConfigError, "softmax"),
    "bytes": (lambda: net(4, "sigmoid", "mse"), X, np.abs(X) * 90, DataError, "divide them by 255"),
    "shares": (lambda: net(3, "softmax", "categorical_crossentropy"), X, 255 * np.eye(3)[Y], DataError, "Divide"),
    "axes": (pictures, PICTURES, X[:, :1], ShapeError, "transpose"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_stops_before_the_first_step_and_names_itself(mistake):
    make, x, y, error, words = WRONG[mistake]
    model = make()
    before = model.get_weights()
    with pytest.raises(error, match=words):
        model.fit(x, y, verbose=0)
    assert all(map(np.array_equal, before, model.get_weights()))


@pytest.mark.parametrize("mistake", [name for name in WRONG if name != "axes"])
def test_not_strict_says_it_and_trains(mistake):
    make, x, y, _, words = WRONG[mistake]
    model = make()
    before = model.get_weights()
    with pytest.warns(GlassnetWarning, match=words):
        model.fit(x, y, verbose=0, strict=False)
    assert not all(map(np.array_equal, before, model.get_weights()))


def test_not_strict_cannot_go_on_where_shapes_do_not_fit():
    with pytest.raises(ShapeError):
        net(3, None, "mse").fit(X, X[:, 0], verbose=0, strict=False)


def test_rows_are_named_as_they_were_given_also_where_some_are_set_aside():
    y = (Y % 2).copy()
    y[33] = 7
    with pytest.raises(DataError, match="in row 33"):
        net(2, "softmax", "sparse_categorical_crossentropy").fit(X, y, validation_split=0.5, verbose=0)


def test_a_class_that_only_validation_has_stops():
    y = np.sort(Y)
    with pytest.raises(DataError, match="none of class 2 in training"):
        net(3, "softmax", "sparse_categorical_crossentropy").fit(X, y, validation_split=0.35, shuffle=False, verbose=0)


def test_a_warning_is_a_note_and_a_line_and_nothing_louder(capsys):
    x = X.copy()
    x[:, 1] = 5
    model = net(1, "sigmoid", "binary_crossentropy")
    history = model.fit(x, Y % 2, verbose=2)
    assert history.checked.kinds == ("constant_column",)
    assert history.notes == [note for note in history.notes if note.startswith("Constant column: column 1. ")]
    assert capsys.readouterr().err.startswith("check: Constant column: column 1. Leave it out.\n")
    model.fit(x, Y % 2, verbose=0)
    assert capsys.readouterr() == ("", "")


def test_well_made_rows_leave_no_word(capsys):
    history = net(1, "sigmoid", "binary_crossentropy").fit(X, Y % 2, validation_split=0.2, verbose=2)
    assert history.checked.findings == () and "check" not in capsys.readouterr().err


def test_targets_that_the_last_layer_can_give_in_part_are_told_of_and_trained_on():
    model = net(1, "relu", "mse")
    history = model.fit(X, X[:, 0] * X[:, 1], epochs=1, verbose=0)
    assert [finding.kind for finding in history.checked.warnings] == ["target_scale"]
    assert any("the last layer's relu gives nothing else" in note and "leave out" in note for note in history.notes)


def test_what_not_strict_has_said_is_not_said_again():
    make, x, y, _, words = WRONG["bytes"]
    with pytest.warns(GlassnetWarning, match=words) as said:
        history = make().fit(x, y, verbose=0, strict=False)
    assert len(said) == 1 and not any("gives nothing else" in note for note in history.notes)


def test_a_column_of_a_data_frame_is_called_by_its_name():
    import pandas as pd

    frame = pd.DataFrame(X, columns=["age", "height", "ward", "dose"])
    history = net(1, None, "mse").fit(frame.assign(ward=3.0), X[:, 0] * X[:, 1], verbose=0)
    assert history.checked.of("constant_column")[0].where == "column 'ward'"
    frame.loc[7, "height"] = np.nan
    with pytest.raises(DataError, match="row 7, column 1 'height'"):
        net(1, None, "mse").fit(frame, X[:, 0], verbose=0)


def test_a_class_that_validation_lacks_is_told_of_and_one_that_training_lacks_stops():
    def few(x, y, *held):
        return net(3, "softmax", "sparse_categorical_crossentropy").fit(x, y, validation_data=held, verbose=0)

    two = Y < 2
    assert few(X, Y, X[two] + 1, Y[two]).checked.of("missing_class")[0].severity == "warning"
    with pytest.raises(DataError, match="none of class 2 in training"):
        few(X[two], Y[two], np.concatenate([X + 1, X + 2]), np.tile(Y, 2))
