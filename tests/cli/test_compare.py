"""glassnet compare: a table, pictures, and what the bands allow one to say."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest


@pytest.fixture
def compare(glassnet, costs):
    words = [
        "--hidden",
        "4",
        "--epochs",
        "4",
        "--seeds",
        "3",
        "--optimizers",
        "sgd,momentum",
        "--learning-rates",
        "0.001,0.02",
    ]
    return lambda *more: glassnet("compare", costs, "--target", "cost", *words, *more)


def test_a_table_a_picture_and_a_sentence(compare, tmp_path):
    answer = compare("--out", tmp_path / "race.svg")
    assert answer.code == 0
    races = re.findall(
        r"^ +(sgd|momentum) +(0\.001|0\.02) +([\d.]+) +([\d.]+) to ([\d.]+) +(\d|–) +\S{4}$", answer.out, re.M
    )
    assert len(races) == 4 and {(name, rate) for name, rate, *_ in races} == {
        (name, rate) for name in ("sgd", "momentum") for rate in ("0.001", "0.02")
    }
    means = [float(race[2]) for race in races]
    assert means == sorted(means) and all(
        float(low) <= float(mean) <= float(high) for _, _, mean, low, high, _ in races
    )
    assert "Verdict     momentum (0.02)" in answer.out and "seeds" in answer.out
    assert "● momentum (0.02)" in answer.out and "■ sgd (0.02)" in answer.out
    assert "12 networks of 4 epochs in" in answer.err and "optimizer Adam" not in answer.err
    drawn = ElementTree.parse(tmp_path / "race.svg").getroot()
    assert drawn.tag.endswith("svg") and "momentum" in ElementTree.tostring(drawn, encoding="unicode")


def test_json_is_every_race(compare):
    answer = compare("--json")
    said = answer.json
    assert answer.code == 0 and answer.err == "" and said["exit_code"] == 0 and "momentum" in said["verdict"]
    assert [np.shape(race["losses"]) for race in said["races"]] == [(3, 4)] * 4
    assert said["races"][0]["validation_loss"] == pytest.approx(np.array(said["races"][0]["losses"])[:, -1].mean())
    again = compare("--json").json
    assert [race["losses"] for race in again["races"]] == [race["losses"] for race in said["races"]]


def test_a_race_that_breaks_is_told_and_not_drawn(compare):
    answer = compare("--learning-rates", "0.001,1e6")
    assert answer.code == 0 and "broke in 3" in answer.out and "(1e6)" not in answer.out.split("Races")[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--optimizers", "sgdd"], "did you mean 'sgd'"),
        (["--learning-rates", "0.1;1"], "expected numbers such as 0.001,0.01,0.1; received '0.1;1'"),
        (["--learning-rates", "0"], "expected `learning_rates` above 0"),
        (["--optimizers", ","], "expected names such as sgd,adam"),
        (["--seeds", "0"], "`seeds`"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_what_cannot_race_is_refused_in_words(compare, words, said):
    answer = compare(*words)
    assert answer.code == 2 and said in " ".join(answer.err.split())
