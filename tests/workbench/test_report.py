import copy
import json
import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from glassnet.diagnosis import KINDS, Verdict, judge_curves
from glassnet.workbench.report import report_html

RUN = json.loads(Path(__file__).with_name("sample_run.json").read_text(encoding="utf-8"))
NASTY = "</style><script>alert(1)</script>\"'&\x00\ud800"


def parsed(run):
    """The page as a tree. A page that is well-formed XML closes what it opens and escapes what it quotes."""
    page = report_html(run)
    assert page.startswith("<!doctype html>\n")
    return ET.fromstring(page.removeprefix("<!doctype html>"))


def words(root):
    return " ".join(" ".join(root.find("body").itertext()).replace("\u00a0", " ").split())


def headings(root):
    return [heading.text for heading in root.iter("h2")]


def changed(**parts):
    run = copy.deepcopy(RUN)
    for name, value in parts.items():
        run[name] = {**run[name], **value} if isinstance(value, dict) and isinstance(run.get(name), dict) else value
    return run


def regression():
    r = np.random.default_rng(0)
    truth = r.normal(150, 70, 89).round(1)
    predicted = (0.6 * truth + 60 + r.normal(0, 45, 89)).round(2)
    rows = [
        {"row": i, "truth": t, "predicted": p}
        for i, (t, p) in enumerate(zip(truth.tolist(), predicted.tolist(), strict=True))
    ]
    sides = {"network": (44.5, 38, 51), "linear": (43.1, 37, 50), "baseline": (65.0, 58, 72)}
    metric = {"name": "MAE", "better": "lower"}
    metric |= {side: dict(zip(("value", "low", "high"), numbers, strict=True)) for side, numbers in sides.items()}
    run = changed(data={"task": "regression", "classes": [], "counts": {}}, predictions=rows)
    run["evaluation"] = {
        "task": "regression",
        "rows": 89,
        "metrics": [metric],
        "baseline_name": "always the mean",
        "linear_name": "linear regression",
        "residuals": {"truth": truth.tolist(), "predicted": predicted.tolist()},
    }
    return run


def test_the_page_has_every_part_in_order():
    assert headings(parsed(RUN)) == [
        "Good fit",
        "Learning curves",
        "Evaluation",
        "Some predictions",
        "Data and split",
        "Columns",
        "Network",
        "Training",
        "Do it again",
        "Limits",
    ]


def test_the_answer_comes_first_with_interval_baseline_and_linear_model():
    said = words(parsed(RUN))
    assert (
        "breast-cancer On 114 test rows it had never seen, the network was right 97.4 % of the time (93.9 to 100 %). It is "
        "clearly better than the baseline (always benign, 63.2 %); the difference to logistic regression (98.2 %) is within "
        "chance." in said
    )
    assert "Good fit · very likely, confidence 0.86" in said
    assert said.index("97.4 %") < said.index(RUN["verdict"]["sentence"]) < said.index("Learning curves")


def test_every_kind_of_figure_is_there():
    titles = [title.text for title in parsed(RUN).iter("{http://www.w3.org/2000/svg}title")]
    assert titles == [
        "Loss",
        "Accuracy",
        "Accuracy",
        "Balanced accuracy",
        "Precision",
        "Recall",
        "Which class was taken for which",
    ]


def test_the_page_holds_everything_and_runs_nothing():
    page = report_html(RUN)
    root = parsed(RUN)
    assert not list(root.iter("script")) and not list(root.iter("img")) and not list(root.iter("iframe"))
    assert not re.search(r"\son\w+=", page) and "url(" not in page and "@import" not in page
    assert set(re.findall(r"https?://[^\"\s]+", page)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page
    assert len(page) < 120_000


def test_the_page_suits_dark_screens_paper_and_phones():
    style = "".join(style.text for style in parsed(RUN).find("head").iter("style"))
    assert "prefers-color-scheme: dark" in style and "@media print {\n" in style and "max-width: 640px" in style
    used, defined = set(re.findall(r"var\((--[\w-]+)\)", report_html(RUN))), set(re.findall(r"(--[\w-]+):", style))
    assert used <= defined


def test_a_screen_reader_finds_its_way():
    root = parsed(RUN)
    assert root.get("lang") == "en" and len(list(root.iter("h1"))) == 1 and len(list(root.iter("main"))) == 1
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        for name in (element.get("aria-labelledby") or "").split():
            assert name in ids
        if element.tag == "a":
            assert element.get("href").startswith("#") and element.get("href")[1:] in ids
        if element.tag == "table":
            assert element.find("caption").text and all(
                th.get("scope") == "col" for th in element.find("thead").iter("th")
            )


def test_figures_and_scrolling_tables_are_named():
    root = parsed(regression())
    for element in root.iter():
        if element.get("role") == "region":
            assert element.get("aria-label") and element.get("tabindex") == "0"
    assert all(
        svg.get("role") == "img" or svg.get("aria-hidden") == "true" for svg in root.iter() if svg.tag.endswith("svg")
    )


def test_a_regression_has_residuals_and_largest_errors_first():
    root = parsed(regression())
    said = words(root)
    assert "the network’s MAE was 44.5 (38 to 51); lower is better." in said
    assert (
        "It is clearly better than the baseline (always the mean, 65); the difference to linear regression (43.1) is"
        in said
    )
    titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert "Predicted against true" in titles and "Errors" in titles
    errors = [
        abs(float(row.findall("td")[2].text)) for row in rows_of(root, "14 of 89 test rows: the largest error first")
    ]
    worst = sorted((abs(row["predicted"] - row["truth"]) for row in regression()["predictions"]), reverse=True)
    assert errors == pytest.approx(worst[:14], rel=0.01)


def rows_of(root, caption):
    (found,) = [t for t in root.iter("table") if caption in t.find("caption").text]
    return found.find("tbody").findall("tr")


def test_the_surest_mistakes_come_first():
    shown = [
        [cell.text or "".join(cell.itertext()) for cell in row]
        for row in rows_of(parsed(RUN), "14 of 114 test rows: the surest mistakes first")
    ]
    outcomes = [row[4] for row in shown]
    assert outcomes == ["wrong"] * 3 + ["right"] * 11
    sure = [float(row[3].removesuffix("\u00a0%").removesuffix(" %")) for row in shown]
    assert sure[:3] == sorted(sure[:3], reverse=True) and sure[3:] == sorted(sure[3:])


def test_the_marked_epoch_is_the_kept_one_else_the_verdicts_else_the_best():
    assert "kept: epoch 47" in report_html(RUN)
    history = {"loss": [4, 3, 2, 1, 0.5, 0.3], "val_loss": [4, 3, 2.9, 3.5, 4.5, 5.5]}
    last = changed(training={"restored_epoch": None}, history=history)
    assert "best: epoch 3" in report_html(last)
    judged = {"kind": "overfitting", "since_epoch": 2, "sentence": "So.", "confidence": 1}
    assert "best: epoch 2" in report_html({**last, "verdict": judged})


@pytest.mark.parametrize("kind", KINDS)
def test_every_verdict_is_shown_in_words(kind):
    verdict = Verdict(kind, 0.5, "It went so.", actions=("Do this.", "Then that."))
    said = words(parsed(changed(verdict=verdict.to_dict())))
    assert f"{verdict.title} · perhaps, confidence 0.5 It went so. Do this. Then that." in said


def test_a_verdict_of_a_later_version_is_shown_too():
    said = words(parsed({"verdict": {"kind": "over_confident", "sentence": "Too sure.", "confidence": 0.9}}))
    assert "Over confident · very likely, confidence 0.9 Too sure." in said


@pytest.mark.parametrize("part", [*RUN, None])
def test_a_missing_part_is_left_out(part):
    run = {name: value for name, value in RUN.items() if name != part}
    said = words(parsed(run))
    assert not re.search(r"\b(None|nan)\b", said)


def test_an_empty_run_is_a_page_with_its_limits():
    root = parsed({})
    assert root.find(".//h1").text == "A trained network" and headings(root) == ["Limits"]
    assert "No test rows were judged" in words(root)


def paths(value, before=()):
    """Every place in the run, two of each list."""
    if before:
        yield before
    items = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*before, key))


JUNK = (None, "x", -3, math.nan, [], {}, True, [None, {"a": 1}], {"value": "x"}, 1e308, NASTY)


@pytest.mark.parametrize("shift", range(2))
def test_no_odd_value_anywhere_breaks_the_page(shift):
    for index, path in enumerate(paths(RUN)):
        run = copy.deepcopy(RUN)
        place = run
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = JUNK[(index + 5 * shift) % len(JUNK)]
        parsed(run)


def test_text_from_the_data_is_never_markup():
    def spoiled(value):
        if isinstance(value, dict):
            return {key: spoiled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [spoiled(inner) for inner in value]
        return NASTY + value if isinstance(value, str) else value

    run = spoiled(RUN)
    run["data"]["columns"][0]["name"] = NASTY
    root = parsed(run)
    assert not list(root.iter("script"))
    assert "alert(1)" in words(root)


def test_wide_data_is_folded_and_cut():
    columns = [{"name": f"column {i}", "kind": "number" if i % 3 else "category", "missing": i} for i in range(5000)]
    root = parsed(changed(data={"columns": columns}))
    (listing,) = [d for d in root.iter("details") if "All columns" in d.find("summary").text]
    assert len(listing.findall(".//tbody/tr")) == 200 and "4,800 more columns are not listed" in "".join(
        listing.itertext()
    )
    assert "5,000 columns: 1,667 of kind category, 3,333 of kind number." in words(root)


def test_a_few_columns_are_not_folded():
    root = parsed(changed(data={"columns": RUN["data"]["columns"][:5]}))
    assert not [d for d in root.iter("details") if "All columns" in d.find("summary").text]
    assert "mean radius" in words(root)


def test_many_classes_are_summed_in_the_figure_and_folded_in_the_table():
    labels = [f"kind {i}" for i in range(120)]
    counts = np.random.default_rng(0).integers(0, 5, (120, 120)).tolist()
    run = changed(
        evaluation={"confusion": {"labels": labels, "counts": counts}},
        data={"classes": labels, "counts": {name: [7] * 120 for name in ("train", "validation", "test")}},
    )
    said = words(parsed(run))
    assert "101 others" in said and "All 120 classes" in said and "100 more classes" in said
    assert "Fewer than 10 test rows are of class kind 0, kind 1, kind 2, kind 3, kind 4 and 115 more" in said


def test_long_runs_stay_small():
    r = np.random.default_rng(0)
    history = {key: r.random(100_000).tolist() for key in ("loss", "val_loss")}
    rows = [{"row": i, "truth": "a", "predicted": "b", "probability": 0.5} for i in range(50_000)]
    layers = [{"name": f"dense_{i}", "type": "Dense", "output_shape": [None, 8], "parameters": 72} for i in range(1000)]
    run = changed(history=history, predictions=rows, network={"layers": layers}, python="x = 1\n" * 100_000)
    page = report_html(run)
    assert len(page) < 250_000 and "940 more layers" in page and "14 of 114 test rows" in page


def test_a_history_that_diverged_is_drawn_and_judged():
    history = {"loss": [0.7, 3e5, math.nan], "val_loss": [0.7, 1e9, math.inf]}
    run = changed(history=history, verdict=judge_curves(history).to_dict())
    said = words(parsed(run))
    assert "Diverged" in said and "training not finite" in said


def test_limits_are_said_in_plain_words():
    said = words(parsed(RUN))
    assert "The 114 test rows were used once, after training, for the results above. They chose nothing" in said
    assert "The 91 validation rows chose the epoch whose weights were kept (47)" in said
    assert "do not cover another seed, another split" in said and "not calibrated" in said
    assert "test rows are few" in words(parsed(regression()))


@pytest.mark.parametrize(
    ("shape", "words_"),
    [([None, 16], "rows × 16"), ("(None, 8, 8, 3)", "rows × 8 × 8 × 3"), ("(None,)", "rows"), (None, "")],
)
def test_output_shapes_are_read_as_rows_times_sizes(shape, words_):
    layer = {"name": "dense", "type": "Dense", "output_shape": shape, "parameters": 1}
    (row,) = rows_of(parsed(changed(network={"layers": [layer]})), "Layers")
    assert (row[2].text or "") == words_


def test_how_to_do_it_again_is_there_word_for_word():
    blocks = ["".join(pre.itertext()) for pre in parsed(RUN).iter("pre")]
    assert blocks == [RUN["command"], RUN["python"]]
    assert "Seed 0: the same seed on the same machine gives the same numbers" in words(parsed(RUN))
