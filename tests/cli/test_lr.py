"""glassnet lr: one number with a band, the reason, and pictures; or the reason why there is none."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

SMALL = ["--hidden", "4", "--epochs", "3", "--seeds", "3", "--trials", "3"]


@pytest.fixture
def lr(glassnet, costs):
    return lambda *words, data=costs: glassnet("lr", data, "--target", "cost", *SMALL, *words)


def test_one_number_with_its_band_its_reason_and_its_picture(lr, tmp_path):
    answer = lr("--optimizer", "sgd", "--out", tmp_path / "rate.svg")
    assert answer.code == 0
    assert re.search(r"^Rate        0\.\d+ \(0\.\d+ to \d\.\d+ for the middle half of the seeds\)$", answer.out, re.M)
    said = " ".join(answer.out.split())
    for words in (
        "In a range test over 3 seeds the loss fell from",
        "ended lowest over 3 seeds after 3 epochs",
        "1e-6",
    ):
        assert words in said
    assert answer.out.count("━") > 10 and answer.out.count("●") >= 30 and answer.out.count("chosen") == 1
    assert "● loss" not in answer.out  # the last loss of a range test means nothing
    assert "5 Search    a range test of sgd" in answer.err and "optimizer Adam" not in answer.err
    rate = re.search(r"^Rate        (0\.\d+)", answer.out, re.M).group(1)
    assert re.search(
        rf"^Use it      glassnet train .*--target cost --optimizer sgd --learning-rate {rate}", answer.err, re.M
    )
    assert ElementTree.parse(tmp_path / "rate.svg").getroot().tag.endswith("svg")


def test_json_holds_the_number_and_what_it_rests_on(lr):
    answer = lr("--json")
    said = answer.json
    assert answer.code == 0 and answer.err == "" and said["exit_code"] == 0 and said["picture"] is None
    assert said["low"] <= said["rate"] <= said["high"] and said["optimizer"] == "adam"
    assert np.shape(said["range_test"]["losses"]) == (3, 100)
    tried, losses = said["trials"]["rates"], np.array(said["trials"]["losses"], float)
    assert losses.shape == (len(tried), 3) and len(tried) in (3, 6)  # as many again where the best was at an end
    assert said["rate"] == pytest.approx(tried[int(losses.mean(axis=1).argmin())], rel=0.01)
    assert lr("--json").json == said


def test_the_test_rows_are_not_looked_at(lr, costs, tmp_path):
    from glassnet.workbench import Settings
    from glassnet.workbench.experiment import prepared

    _, parts, _ = prepared(str(costs), "cost", Settings(hidden=(4,)))
    lines = costs.read_text("utf-8").splitlines()
    for row in parts.tables["test"].row_numbers.tolist():
        cells = lines[row].split(",")
        lines[row] = ",".join([*cells[:-1], str(float(cells[-1]) + 1e6)])
    changed = tmp_path / "changed.csv"
    changed.write_text("\n".join(lines), encoding="utf-8")
    assert lr("--json", data=changed).json["trials"] == lr("--json").json["trials"]


def table(path, x, y):
    path.write_text("x,cost\n" + "\n".join(f"{a},{b}" for a, b in zip(x, y, strict=True)), encoding="utf-8")
    return path


def test_where_the_data_does_not_tell_it_says_so(lr, tmp_path):
    random = np.random.default_rng(0)
    file = table(tmp_path / "t.csv", random.normal(size=24), random.normal(size=24))
    answer = lr(data=file)
    said = "fewer than 20 a rate cannot be told from luck"
    assert answer.code == 3 and answer.out == ""
    assert "error: no learning rate was found" in answer.err and said in " ".join(answer.err.split())
    assert "Use it" not in answer.err
    answer = lr("--json", data=file)
    assert answer.code == 3 and answer.json["rate"] is None and said in answer.json["error"]


def test_a_loss_that_only_explodes_gives_no_number(lr, monkeypatch):
    from glassnet.tuning import LearningRate

    rates = np.geomspace(1e-6, 10, 100)
    none = LearningRate(None, None, None, "The loss rises at every rate.", rates, np.tile(rates, (3, 1)))
    monkeypatch.setattr("glassnet.tuning.find_learning_rate", lambda *arguments, **more: none)
    answer = lr()
    assert answer.code == 3 and "The loss rises at every rate." in answer.err and "Range test" in answer.out


def test_a_picture_is_svg(lr):
    answer = lr("--out", "rate.png")
    assert answer.code == 2 and "ends in .svg; received 'rate.png'" in answer.err
