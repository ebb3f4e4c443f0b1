"""The report of a run: one HTML file that needs nothing else, for reading, printing and sending."""

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from glassnet.plots.markup import escape, shorten
from glassnet.plots.theme import DARK, LIGHT, variables
from glassnet.workbench.report_html import Safe, html, joined, part
from glassnet.workbench.report_results import headline, results, verdict
from glassnet.workbench.report_setup import setup

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def report_html(run: Mapping[str, Any]) -> str:
    """The whole page for a stored run: inline style and figures, no script, nothing fetched from anywhere.

    Args:
        run: what ``run.json`` holds, with ``history`` and ``predictions``. Missing parts are left out of the page.

    Returns:
        An HTML document that is well-formed XML too.

    Example:
        >>> page = report_html({"title": "moons", "history": {"loss": [0.7, 0.4, 0.3]}})
        >>> page.startswith("<!doctype html>"), "<script" in page
        (True, False)

    Reference:
        M. Mitchell et al., Model Cards for Model Reporting, 2019: what a reader needs to judge a model by.
    """
    title = shorten(run.get("title") or "A trained network", 120)
    body = results(run)
    lower = setup(run)
    top = html("header", _over(run), html("h1", title), headline(run), verdict(run), _contents(body + lower))
    main = html("main", body, lower, id="main")
    page = html("div", top, main, _footer(run), class_="page")
    skip = html("a", "Skip to the learning curves", href="#main", class_="skip")
    return document(title, "Glassnet report", skip + page)


def document(title: str, kind: str, body: Safe) -> str:
    """A whole page in the style of reports: no script, nothing fetched from anywhere.

    Example:
        >>> document("moons", "Glassnet report", html("p", "all well")).endswith("<body><p>all well</p></body></html>\\n")
        True
    """
    head = joined(
        [
            Safe('<meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>'),
            Safe(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>'),
            Safe('<meta name="color-scheme" content="light dark"/><link rel="icon" href="data:,"/>'),
            html("title", f"{title} · {kind}"),
            html("style", Safe(_style())),
        ]
    )
    return f"<!doctype html>\n{html('html', html('head', head), html('body', body), lang='en')}\n"


@lru_cache(maxsize=1)
def _style() -> str:
    light, dark = variables(LIGHT), variables(DARK)
    palette = f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}@media print{{:root{{{light}}}}}"
    return palette + files("glassnet.workbench").joinpath("report.css").read_text(encoding="utf-8")


def _over(run: Mapping[str, Any]) -> Safe:
    """The quiet line above the title."""
    created = str(run.get("created") or "")[:16].replace("T", " ")
    task = str(part(run, "data").get("task") or "")
    target = part(run, "data").get("target")
    pieces = ["Glassnet report", created, f"{task} of {target}" if task and target else task]
    return html("p", " · ".join(shorten(piece, 80) for piece in pieces if piece), class_="over")


def _contents(body: str) -> Safe:
    """Links to the sections that are there."""
    found = re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', body)
    links = [html("li", html("a", Safe(words), href=f"#{name}")) for name, words in found]
    return html("nav", html("ul", *links), aria_label="On this page") if len(links) > 1 else Safe("")


def _footer(run: Mapping[str, Any]) -> Safe:
    version = part(run, "versions").get("glassnet")
    made = f"Made by Glassnet {version}" if version else "Made by Glassnet"
    return html("footer", Safe(escape(f"{made}. This file holds everything it shows and fetches nothing.")))
