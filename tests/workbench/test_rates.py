"""learning_rate="auto" on a table: the rate that was applied, with its band and reason, wherever the run is told."""

import json

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError
from glassnet.tuning.learning_rate import LearningRate
from glassnet.workbench import RunFolder, Settings, card_markdown, experiment, report_html, train
from glassnet.workbench.rates import AppliedRate, rate_for

AUTO = Settings(epochs=3, hidden=(4,), batch_size=16, learning_rate="auto")
RATES = np.geomspace(1e-6, 10, 20)


def found(rate=0.0213):
    reason = "This one ended lowest." if rate else "The loss stays at 1 at every rate."
    band = (0.011, 0.041) if rate else (None, None)
    tried, losses = np.array([0.01, 0.0213]), np.array([[0.5, np.inf], [0.3, 0.4]])
    return LearningRate(rate, *band, reason, RATES, np.tile(1 + RATES, (2, 1)), tried, losses)


@pytest.fixture
def finder(monkeypatch):
    """Finds at once; keeps what it was given."""
    calls = []

    def find(model, x, y, **asked):
        calls.append((model, x, asked))
        return find.answer

    find.answer = found()
    find.calls = calls
    monkeypatch.setattr("glassnet.workbench.rates.automatic_learning_rate", find)
    return find


@pytest.fixture
def run(finder, table, tmp_path):
    def start(settings=AUTO):
        folder = RunFolder(tmp_path, "patients.csv", {"settings": settings.to_dict()})
        result = train(table("outcome"), "outcome", settings=settings, run=folder)
        return folder, result, folder.finish(result)

    return start


def test_the_rate_is_applied_and_the_weights_are_those_of_one_that_was_given(run, finder, table):
    _, result, _ = run()
    model, x, asked = finder.calls[0]
    assert len(x) == 38 and asked == {"epochs": 3, "batch_size": 16} and result.rate.rate == 0.0213
    assert model is result.model and model.optimizer.learning_rate == 0.0213
    given = train(table("outcome"), "outcome", settings=Settings(**{**AUTO.to_dict(), "learning_rate": 0.0213}))
    assert given.rate is None
    assert all((a == b).all() for a, b in zip(given.model.get_weights(), result.model.get_weights(), strict=True))


def test_run_file_report_and_command_tell_it(run):
    folder, _, told = run()
    stored = json.loads((folder.path / "run.json").read_text("utf-8"))
    assert stored == told and stored["settings"]["learning_rate"] == "auto"
    kept = stored["learning_rate_found"]
    assert (kept["rate"], kept["low"], kept["high"], kept["found"]) == (0.0213, 0.011, 0.041, True)
    assert stored["network"]["learning_rate"] == 0.0213 and kept["trial_losses"][0] == [0.5, None]
    page = (folder.path / "report.html").read_text("utf-8")
    for words in (
        "Learning rate</h2>",
        "0.0213",
        "0.011 to 0.041, the middle half of the seeds",
        "This one ended lowest.",
    ):
        assert words in page, words
    assert page.count("<svg") > report_html({**told, "learning_rate_found": None}).count("<svg")
    assert card_markdown(told)


def test_where_none_is_found_the_optimizers_own_is_taken_and_told(run, finder):
    finder.answer = found(None)
    folder, result, told = run()
    assert not result.rate.found and told["network"]["learning_rate"] == 0.001
    page = (folder.path / "report.html").read_text("utf-8")
    assert "0.001, the optimizer’s own, since none was found" in page and "The loss stays at 1 at every rate." in page


def test_a_resumed_run_does_not_look_again(run, finder, table):
    folder, result, _ = run()
    again = RunFolder.reopen(folder.path)
    same = train(table("outcome"), "outcome", settings=AUTO, run=again)
    assert len(finder.calls) == 1 and same.rate == result.rate
    assert all((a == b).all() for a, b in zip(same.model.get_weights(), result.model.get_weights(), strict=True))
    again.close()


def test_it_is_told_as_a_step(finder, table):
    seen = []
    train(table("outcome"), "outcome", settings=AUTO, watch=lambda step, value: seen.append((step, value)))
    assert [step for step, _ in seen] == ["load", "split", "prepare", "network", "rate", "train", "evaluate"]
    assert dict(seen)["rate"].sentence == "0.0213 (0.011 to 0.041 for the middle half of the seeds)"


def test_the_real_finder_on_a_table(table, monkeypatch):
    monkeypatch.setattr("glassnet.tuning.automatic._MOST_WORK", 0)
    _, parts, model = experiment.prepared(table("outcome"), "outcome", AUTO)
    before = model.get_weights()
    rate = rate_for(model, parts.x["train"], parts.y["train"], 3, 16)
    assert rate.found and rate.low <= rate.rate <= rate.high and len(rate.rates) == len(rate.losses[0]) == 100
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
    assert AppliedRate.from_dict(json.loads(json.dumps(rate.to_dict()))) == rate


def test_only_auto_is_a_word_for_a_rate():
    with pytest.raises(ConfigError, match=r"such as 0\.001, or 'auto'.*Received 'atuo'"):
        Settings(learning_rate="atuo")


@pytest.mark.parametrize(
    "broken",
    [
        {"rate": 0.1},
        {"rate": 0.1, "rates": [1, 2], "losses": [[1]]},
        {"rate": "x"},
        {"rate": 0.1, "losses": "x", "rates": 3},
    ],
    ids=str,
)
def test_a_report_of_a_damaged_search_is_a_report_without_it(broken):
    assert "<html" in report_html({"title": "x", "learning_rate_found": broken})
