"""learning_curves and show_history: what is marked, what is said, and where it goes."""

from types import SimpleNamespace

import numpy as np

from glassnet.callbacks import History
from glassnet.plots import in_characters, learning_curves, show_history
from glassnet.plots.marks import Line, Rule

CURVES = {
    "loss": [4.0, 2.0, 1.0, 0.5],
    "val_loss": [4.0, 2.5, 2.4, 3.0],
    "accuracy": [0.1, 0.5, 0.8, 0.9],
    "learning_rate": [1.0] * 4,
}


def test_each_number_has_a_panel_with_training_and_validation():
    made = learning_curves(CURVES)
    assert [panel.y.label for panel in made.panels] == ["loss", "accuracy"]
    lines = [mark for mark in made.panels[0].marks if isinstance(mark, Line)]
    assert [(line.name, line.dash) for line in lines] == [("training", None), ("validation", "7 4")]
    np.testing.assert_array_equal(lines[1].y, CURVES["val_loss"])
    np.testing.assert_array_equal(made.numbers["epoch"], [1, 2, 3, 4])


def test_evidence_is_marked_where_it_is_and_explained_below():
    made = learning_curves(CURVES, evidence=[(3, "lowest"), ((3, 4), "rises")], title="Overfitting")
    rules = [mark for mark in made.panels[0].marks if isinstance(mark, Rule)]
    assert [(rule.at, rule.to, rule.words) for rule in rules] == [(3.0, None, "1"), (3.0, 4.0, "2")]
    assert "1) epoch 3: lowest" in made.svg and "2) epochs 3 to 4: rises" in made.svg and made.title == "Overfitting"


def test_a_history_is_drawn_as_it_is(capsys):
    history = History()
    for epoch in range(3):
        history.on_epoch_end(epoch, {"loss": 3.0 - epoch})
    made = show_history(history, evidence=[(2, "here")])
    said = capsys.readouterr().out
    np.testing.assert_array_equal(made.numbers["loss"], [3, 2, 1])
    assert "loss 1" in said and said.endswith("1) epoch 2: here\n")


def test_a_verdict_marks_since_when_it_holds_and_says_its_numbers(capsys):
    proof = SimpleNamespace(name="val_loss_rise", value=0.6, text="validation loss rose by 0.6 after epoch 3")
    verdict = SimpleNamespace(title="Overfitting", since_epoch=3, evidence=(proof,))
    made = show_history(CURVES, verdict=verdict, evidence=[(2, "mine")])
    rules = [mark for mark in made.panels[0].marks if isinstance(mark, Rule)]
    assert [(rule.at, rule.to) for rule in rules] == [(3.0, 4.0), (2.0, None)] and made.title == "Overfitting"
    assert made.under == ("1) epochs 3 to 4: overfitting", "2) epoch 2: mine", proof.text)
    said = capsys.readouterr().out
    assert said.endswith("\n".join([*made.under, ""])) and any("2" in line and "1" in line for line in floors(said))
    whole = SimpleNamespace(title="Good fit", since_epoch=None, evidence=())
    assert not [mark for mark in learning_curves(CURVES, verdict=whole).panels[0].marks if isinstance(mark, Rule)]
    history = History()
    for epoch in range(12):
        history.on_epoch_end(epoch, {"loss": 1 / (epoch + 1), "val_loss": 0.3 + abs(epoch - 3) / 10})
    judged = history.verdict()
    assert history.plot(verdict=judged).title == judged.title


def floors(said):
    """The bottom lines of charts."""
    return [line for line in said.splitlines() if "└" in line or "+-" in line]


def test_characters_show_the_losses_alone():
    said = in_characters(CURVES, width=40, ascii_only=True)
    assert "loss 0.5" in said and "val_loss 3" in said and "accuracy" not in said
    assert "accuracy" in in_characters({"accuracy": [0.1, 0.2]}, width=40)
