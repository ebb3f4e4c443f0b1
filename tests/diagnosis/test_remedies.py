import pytest

from glassnet.diagnosis import KINDS, judge_curves
from glassnet.diagnosis.case import Case, Told
from glassnet.diagnosis.remedies import SPLIT, actions
from glassnet.diagnosis.sight.race import Race


def case(epochs=10, validated=True, told=None, race=None, level=0.1):
    losses = [1.0] + [level] * (epochs - 1)
    made = Case({"loss": losses} | ({"val_loss": losses} if validated else {}), told or Told(), tries=False)
    made.__dict__["race"] = race
    return made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("validated", [True, False])
@pytest.mark.parametrize("level", [0.1, 0.9])
def test_every_kind_has_one_to_three_actions_in_full_sentences(kind, validated, level):
    found = actions(kind, case(validated=validated, level=level), 4)
    assert 1 <= len(found) <= 3
    assert all(action[0].isupper() and action.endswith(".") and "None" not in action for action in found)
    assert (found[0] == SPLIT) == (not validated and kind != "diverged")


def test_the_sentence_names_the_numbers_of_the_curves():
    val = [0.9, 0.5, 0.4, 0.35, 0.34, 0.36, 0.40, 0.45, 0.52, 0.60]
    train = [0.9, 0.6, 0.45, 0.35, 0.28, 0.22, 0.17, 0.13, 0.10, 0.08]
    assert judge_curves({"loss": train, "val_loss": val}, baseline_loss=0.9).sentence == (
        "After epoch 5 the network began to learn its training rows by heart: validation loss rose from 0.34 to 0.6, "
        "while training loss fell on from 0.28 to 0.08."
    )


def test_the_actions_name_epochs():
    assert "best epoch (5)" in actions("overfitting", case(), 5)[0]
    assert actions("not_converged", case(40))[0].startswith("Train longer: about 120 epochs")
    assert actions("not_converged", case(3))[0].startswith("Train longer: about 20 epochs")


def test_the_actions_name_the_rate_that_did_best():
    race = Race((0.01, 0.1, 1.0, 10.0, 100.0), (0.1, 0.2, 0.5, 0.9, 0.9), 10, 0.5)
    found = actions("learning_rate_too_high", case(told=Told(rate=0.5), race=race))
    assert "0.005" in found[0]
    assert "times as large: 0.01" in actions("learning_rate_too_low", case(told=Told(rate=0.001)))[0]


def test_what_is_there_already_is_not_advised_but_its_removal_is():
    assert "dropout there is" in actions("overfitting", case(told=Told(dropout=0.2)), 3)[1]
    assert "Take the dropout or the penalty away" in actions("underfitting", case(told=Told(penalty=True)))[0]
