import json

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import History
from glassnet.diagnosis import Advice, Trial, Verdict, advise
from glassnet.diagnosis.advice import t_interval
from glassnet.foundation.errors import ConfigError
from glassnet.layers import Dense


@pytest.fixture(scope="module")
def slow():
    """A straight line, learned at a rate a thousand times too small."""
    r = np.random.default_rng(0)
    x = r.normal(size=(120, 3)).astype("float32")
    y = x @ np.array([1.0, -2.0, 0.5], "float32") + 0.1 * r.normal(size=120).astype("float32")
    model = Sequential([Input((3,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 1e-4
    model.fit(x[:80], y[:80], epochs=12, validation_data=(x[80:], y[80:]), verbose=0)
    return model


def test_advice_that_was_tried_says_what_helped(slow):
    advice = advise(slow, try_it=True, seeds=5)
    assert advice.verdict.kind == "learning_rate_too_low"
    assert [trial.name for trial in advice.trials] == [
        "10 times the learning rate", "100 times the learning rate", "3 times the epochs",
    ]  # fmt: skip
    best = advice.best
    assert best.name == "100 times the learning rate" and best.outcome == "helped"
    assert best.low <= best.difference <= best.high < 0 and best.seeds == 5
    assert "5 pairs" in advice.note and "40 rows" in advice.note
    assert str(best) in str(advice) and str(best) in advice._repr_html_()
    json.dumps(advice.to_dict(), allow_nan=False)
    assert advise(slow, try_it=True, seeds=5) == advice


def test_advice_alone_trains_nothing_more(slow):
    advice = advise(slow.history)
    assert advice.trials == () and advice.best is None


@pytest.mark.parametrize(
    ("trial", "said"),
    [
        (Trial("dropout 0.2", -0.0312, -0.0451, -0.0183, 0.4, 8), "-0.031 [-0.045, -0.018], helped"),
        (Trial("dropout 0.2", -0.01, -0.05, 0.03, 0.4, 8), "-0.01 [-0.05, +0.03], did not help"),
        (Trial("dropout 0.2", 0.2, 0.1, 0.3, 0.4, 8), "+0.2 [+0.1, +0.3], harmed"),
    ],
)
def test_a_trial_in_words(trial, said):
    assert str(trial) == f"dropout 0.2: validation loss {said}"


def test_a_trial_that_broke_has_no_numbers():
    broken = Trial("rate", None, float("nan"), float("nan"), 0.4, 8)
    assert broken.outcome == "broke down" and broken.to_dict()["low"] is None
    assert Trial("rate", None, 0, 0, None, 8, "helped").outcome == "helped"


def test_the_interval_covers_the_truth_as_often_as_it_says():
    r = np.random.default_rng(0)
    inside = [low < 0 < high for _, low, high in (t_interval(r.normal(size=5)) for _ in range(2000))]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)


def test_what_cannot_be_tried_is_said():
    history = History()
    for epoch, loss in enumerate([3, 2, 1, 0.5, 0.4, 0.3]):
        history.on_epoch_end(epoch, {"loss": loss})
    assert "needs fit with arrays" in advise(history, try_it=True).note
    assert isinstance(advise(history), Advice) and isinstance(advise(history).verdict, Verdict)


@pytest.mark.parametrize(("wrong", "said"), [({"seeds": 2}, "from 3 to 100"), ({"run": 3}, "expected a History")])
def test_wrong_use_is_refused(slow, wrong, said):
    with pytest.raises(ConfigError, match=said):
        advise(**{"run": slow, **wrong})
