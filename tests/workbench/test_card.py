import json
import re
from pathlib import Path

from glassnet.workbench.card import card_markdown

RUN = json.loads(Path(__file__).with_name("sample_run.json").read_text(encoding="utf-8"))


def headings(card):
    return re.findall(r"^## (.+)$", card, flags=re.MULTILINE)


def test_the_card_has_every_part_in_order():
    card = card_markdown(RUN)
    assert card.startswith(
        "# breast-cancer\n\nOn 114 test rows it had never seen, the network was right 97.4 % of the time"
    )
    assert headings(card) == [
        "Intended use",
        "Data",
        "Results",
        "What the learning curves say",
        "Limits",
        "How to use it",
        "How it was made",
    ]
    assert card.endswith("\n") and not card.endswith("\n\n")


def test_intended_use_is_left_to_the_owner_in_words():
    assert "To be written by whoever hands this model on" in card_markdown({})


def test_results_are_a_table_with_intervals_and_rivals():
    card = card_markdown(RUN)
    assert "| metric | network | logistic regression | always benign |\n| --- | --- | --- | --- |\n" in card
    assert "| accuracy | 97.4 % (93.9 to 100 %) | 98.2 % (95.6 to 100 %) | 63.2 % (54.4 to 71.0 %) |" in card
    assert "95 % bootstrap over the 114 rows" in card


def test_the_verdict_and_its_actions_are_there():
    card = card_markdown(RUN)
    assert f"**Good fit** (very likely): {RUN['verdict']['sentence']}" in card
    assert f"1. {RUN['verdict']['actions'][0]}" in card


def test_how_to_use_it_names_the_model_file_for_shell_and_python():
    card = card_markdown(RUN)
    assert "```sh\nglassnet predict model.glass new.csv\n```" in card
    code = re.search(r"```python\n(.*?)```", card, flags=re.DOTALL).group(1)
    compile(code, "card", "exec")
    assert "Predictor.load('model.glass')" in code


def test_missing_parts_are_left_out():
    for name in RUN:
        card = card_markdown({key: value for key, value in RUN.items() if key != name})
        assert "None" not in card and "\n\n\n" not in card
    assert headings(card_markdown({})) == ["Intended use", "Limits"]


def test_text_from_the_data_is_not_read_as_markdown():
    run = {
        "title": "# a|b <script>",
        "data": {"target": "*t*|x\n# y", "task": "classification", "notes": ["[link](http://x)"]},
        "command": "echo ```\n# not a heading",
    }
    card = card_markdown(run)
    assert card.startswith("# \\# a\\|b \\<script\\>\n")
    assert "- Predicted: \\*t\\*\\|x \\# y (classification)" in card and "\\[link\\](http://x)" in card
    assert "````sh\necho ```\n# not a heading\n````" in card
    assert headings(card) == ["Intended use", "Data", "Limits", "How it was made"]


def test_many_classes_are_not_all_listed():
    card = card_markdown({"data": {"classes": list(range(100))}})
    assert "- Classes: 0, 1, 2," in card and "and 80 more" in card
