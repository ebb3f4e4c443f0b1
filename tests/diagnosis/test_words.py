import pytest

from glassnet.diagnosis import KINDS, judge_curves
from glassnet.diagnosis.words import actions


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("validated", [True, False])
@pytest.mark.parametrize("learned", [0.1, 0.9])
def test_every_kind_has_one_to_three_actions_in_full_sentences(kind, validated, learned):
    found = actions(kind, 10, 4, validated=validated, learned=learned)
    assert 1 <= len(found) <= 3
    assert all(action[0].isupper() and action.endswith(".") and "None" not in action for action in found)


def test_the_sentence_names_the_numbers_of_the_curves():
    val = [0.9, 0.5, 0.4, 0.35, 0.34, 0.36, 0.40, 0.45, 0.52, 0.60]
    train = [0.9, 0.6, 0.45, 0.35, 0.28, 0.22, 0.17, 0.13, 0.10, 0.08]
    assert judge_curves({"loss": train, "val_loss": val}, baseline_loss=0.9).sentence == (
        "After epoch 5 the network began to learn its training rows by heart: validation loss rose from 0.34 to 0.6, "
        "while training loss fell on from 0.28 to 0.08."
    )


def test_the_actions_name_epochs():
    assert "best epoch (5)" in actions("overfitting", 10, 5)[0]
    assert actions("not_converged", 40)[0] == "Train longer: about 80 epochs."
    assert actions("not_converged", 3)[0] == "Train longer: about 20 epochs."
