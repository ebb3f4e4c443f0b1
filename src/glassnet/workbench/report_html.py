"""The few pieces of HTML that reports are made of. All text given to them is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from glassnet.plots.markup import escape, shorten, tag

LONGEST_CELL = 160


class Safe(str):
    """Markup that needs no escaping, because it was made here."""

    __slots__ = ()

    def __add__(self, other: str) -> "Safe":
        return Safe(str.__add__(self, other if isinstance(other, Safe) else escape(other)))

    def __radd__(self, other: str) -> "Safe":
        return Safe(escape(other)) + self


def html(name: str, *children: object, **attributes: object) -> Safe:
    """``<name>children</name>``, never self-closed; children that are not `Safe` are escaped.

    Example:
        >>> html("p", "a < b ", html("b", "c"), class_="quiet")
        '<p class="quiet">a &lt; b <b>c</b></p>'
    """
    inside = "".join(child if isinstance(child, Safe) else _text(child) for child in children)
    written = tag(name, inside, **attributes)
    return Safe(f"{written[:-2]}></{name}>" if written.endswith("/>") and not inside else written)


def _text(content: object) -> str:
    return escape(content).replace(" %", "\u00a0%")  # no line ends between a number and its sign


def joined(parts: Iterable[Safe]) -> Safe:
    """Pieces of markup one after the other."""
    return Safe("".join(parts))


def section(title: str, *children: Safe) -> Safe:
    """A part of the page under a heading; empty where it has no content."""
    body = joined(children)
    if not body:
        return Safe("")
    name = title.lower().replace(" ", "-")
    heading = html("h2", title, id=name)
    return html("section", heading, html("div", body, class_="body"), class_="section", aria_labelledby=name)


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]], *, numeric: Iterable[int] = ()) -> Safe:
    """A table that scrolls sideways where the page is narrow; the first cell of each row is its heading.

    Args:
        caption: what the table shows.
        head: the column headings.
        rows: cells, plain text or `Safe`; long text is cut.
        numeric: the columns, from 0, that are set flush right.
    """
    right = frozenset(numeric)
    looks = ["number" if index in right else None for index in range(len(head))]
    top = html("tr", *(html("th", words, scope="col", class_=look) for words, look in zip(head, looks, strict=True)))
    lines = [html("tr", *(_cell(cell, looks[index], index == 0) for index, cell in enumerate(row))) for row in rows]
    if not lines:
        return Safe("")
    whole = html("table", html("caption", caption), html("thead", top), html("tbody", *lines))
    return html("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption)


def _cell(content: object, look: str | None, heads: bool) -> Safe:
    shown = content if isinstance(content, Safe) else shorten(content, LONGEST_CELL)
    return html("th", shown, scope="row", class_=look) if heads else html("td", shown, class_=look)


def facts(pairs: Iterable[tuple[str, object]]) -> Safe:
    """A list of names and values; values of None or empty text are left out."""
    kept = [(name, value) for name, value in pairs if value not in (None, "", [], {})]
    if not kept:
        return Safe("")
    return html("dl", *(html("dt", name) + html("dd", value) for name, value in map(_fact, kept)), class_="facts")


def _fact(pair: tuple[str, object]) -> tuple[Safe, object]:
    name, value = pair
    return Safe(escape(name)), value if isinstance(value, Safe) else shorten(value, 400)


def folded(summary: str, *children: Safe) -> Safe:
    """Content behind a line that opens it; nothing where there is no content."""
    return html("details", html("summary", summary), *children) if any(children) else Safe("")


def bullets(sentences: Iterable[object]) -> Safe:
    """A bulleted list; nothing where there are no sentences."""
    items = [html("li", sentence) for sentence in sentences]
    return html("ul", *items) if items else Safe("")


def code(text: object, *, limit: int = 20_000) -> Safe:
    """A block of code, cut at `limit` characters."""
    written = str(text)
    cut = written if len(written) <= limit else written[:limit] + "\n…"
    return html("pre", html("code", cut), tabindex="0")


def part(run: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The part of a run stored under `name`; an empty one where it is missing or not a mapping."""
    value = run.get(name)
    return dict(value) if isinstance(value, Mapping) else {}


def listed(value: Any) -> list[Any]:
    """`value` where it is a list, else an empty one."""
    return list(value) if isinstance(value, list | tuple) else []


def mappings(value: Any) -> list[dict[str, Any]]:
    """The mappings in the list `value`."""
    return [dict(item) for item in listed(value) if isinstance(item, Mapping)]
