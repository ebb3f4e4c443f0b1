"""The page of an explanation: complete, escaped, and nothing fetched from elsewhere."""

from xml.etree import ElementTree

from glassnet.workbench import Predictor, Settings, explain, explanation_html, train


def test_a_page_holds_everything_and_names_from_the_table_are_escaped(tmp_path):
    marked = "<b>age & a very long name that must be cut"
    columns = {marked: list(range(40)), "sex": ["f", "m"] * 20, "ill": [i // 20 for i in range(40)]}
    result = train(columns, "ill", settings=Settings(epochs=1, hidden=(3,)))
    result.predictor.save(tmp_path / "m.glass")
    page = explanation_html(explain(Predictor.load(tmp_path / "m.glass"), columns, 21))
    assert (
        page.startswith("<!doctype html>\n") and "<script" not in page and "http-equiv" in page and "<b>age" not in page
    )
    ElementTree.fromstring(page.split("\n", 1)[1])  # well-formed
    for words in ("Row 21 of", "the table says", "after one training step", "What moved it", "Forwards", "Backwards"):
        assert words in page
    assert "= 20</text>" in page  # the cell is never cut for its column's sake
