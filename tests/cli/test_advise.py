"""glassnet advise: the same training again, what it shows, and what helps."""

import json

import pytest

from glassnet.diagnosis import KINDS


def test_a_verdict_with_its_evidence_and_actions(glassnet, model):
    answer = glassnet("advise", model.parent)
    assert answer.code == 0
    assert answer.out.startswith("Verdict") and "→ " in answer.out and "training loss" in answer.out


def test_trying_says_what_each_action_did(glassnet, tmp_path):
    glassnet("train", "breast-cancer", "--epochs", "3", "--hidden", "4", "--out", tmp_path)
    said = glassnet("advise", next(tmp_path.iterdir()), "--try", "--seeds", "3", "--json").json
    assert said["verdict"]["kind"] in KINDS and said["exit_code"] == 0 and said["trials"]
    for trial in said["trials"]:
        assert trial["seeds"] == 3 and trial["outcome"] in ("helped", "harmed", "did not help", "broke down")
        assert trial["difference"] is None or trial["low"] <= trial["difference"] <= trial["high"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "which has no run.json"), ("{", "to say how the run was started"), ("{}", "without 'settings'")],
)
def test_what_is_no_run_is_refused(glassnet, tmp_path, content, said):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    answer = glassnet("advise", tmp_path)
    assert answer.code == 2 and said in " ".join(answer.err.split())


def test_a_table_that_has_moved_is_asked_for_and_may_be_named(glassnet, model, patients, tmp_path):
    about = json.loads((model.parent / "run.json").read_text("utf-8"))
    about["origin"]["data"] = str(tmp_path / "gone.csv")
    (tmp_path / "run.json").write_text(json.dumps(about))
    answer = glassnet("advise", tmp_path)
    assert answer.code == 1 and "--data FILE" in " ".join(answer.err.split())
    assert glassnet("advise", tmp_path, "--data", patients).code == 0
