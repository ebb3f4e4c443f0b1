"""report_health: flags and the last look on the page."""

from glassnet.workbench.report_health import health

LAYER = {"layer": "dense", "units": 16, "gradient": 0.1, "dead": 0.75, "trains": True}
FLAG = {"title": "Dead units", "layer": "dense", "sentence": "12 of 16 are off.", "remedy": "Lower the rate."}


def test_flags_and_numbers_are_shown_and_nothing_where_nobody_looked():
    page = health({"health": {"looks": [{"layers": [LAYER]}], "flags": [FLAG]}})
    assert "Dead units: dense. 12 of 16 are off. Lower the rate." in page
    assert "75" in page and "dense</th>" in page
    assert "No flags" in health({"health": {"looks": [{"layers": [LAYER]}], "flags": []}})
    assert health({}) == health({"health": None}) == health({"health": {"looks": [], "price": {}}}) == ""
