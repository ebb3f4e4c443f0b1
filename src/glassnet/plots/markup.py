"""Markup that is always well formed: text is escaped, characters that XML forbids are replaced, numbers are short."""

import math
import re

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: object) -> str:
    """`text` as it may stand between tags or in an attribute, in HTML and in XML.

    Args:
        text: anything; it is turned into a string first. Characters no XML file may hold become ``\\ufffd``.

    Example:
        >>> escape('a < b & "c"')
        'a &lt; b &amp; &quot;c&quot;'
    """
    clean = _FORBIDDEN.sub("\ufffd", str(text))
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def tag(name: str, *children: str, **attributes: object) -> str:
    """``<name attributes>children</name>``.

    Args:
        name: the element.
        children: markup that is already safe; wrap plain text in `escape`.
        attributes: values are escaped; None leaves one out. ``class_`` is written ``class``, ``text_anchor`` is
            written ``text-anchor``, and floats are kept to a hundredth.

    Example:
        >>> tag("text", escape("5 > 4"), x=1.23456, text_anchor="end")
        '<text x="1.23" text-anchor="end">5 &gt; 4</text>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def _attribute(value: object) -> str:
    if isinstance(value, float):
        return coordinate(value)
    return escape(value)


def coordinate(value: float) -> str:
    """A position in a drawing, to a hundredth of a pixel and without needless zeros; 0 where it is not finite.

    Example:
        >>> coordinate(12.50), coordinate(-0.001)
        ('12.5', '0')
    """
    if not math.isfinite(value):
        return "0"
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written


def shorten(text: object, limit: int) -> str:
    """`text` on one line and in at most `limit` characters, the last one an ellipsis where something was cut.

    Example:
        >>> shorten("mean concave points", 12)
        'mean concav…'
    """
    line = " ".join(str(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
