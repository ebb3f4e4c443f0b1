"""Marks as a Matplotlib figure. The only module that imports Matplotlib, and only when a figure is asked for."""

from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.plots.fitting import fit_axis
from glassnet.plots.marks import Area, Axis, Bars, Heat, Line, Panel, Pieces, Points, Rule, Words, legend
from glassnet.plots.ramps import bounds, painted, reads_white
from glassnet.plots.theme import LIGHT

_SHAPES = {"disc": "o", "diamond": "D", "square": "s", "triangle": "^", "ring": "o", "cross": "x"}
_INCH = 96.0

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": LIGHT["axis"],
    "axes.labelcolor": LIGHT["muted"],
    "text.color": LIGHT["ink"],
    "xtick.color": LIGHT["muted"],
    "ytick.color": LIGHT["muted"],
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "svg.fonttype": "none",
}
"""The one style of all figures: the palette of the drawings, no box, a quiet grid."""


def figure_of(picture: Any) -> Any:
    """The Matplotlib ``Figure`` of a `Picture`; nothing is shown and no global state is touched.

    Raises:
        ConfigError: Matplotlib is not installed.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ConfigError(
            "Expected Matplotlib, which makes the figure. Received no such package. Install it with `pip install "
            "matplotlib`, or use the picture's .svg."
        ) from error
    with matplotlib.rc_context(rc=dict(STYLE)):
        size = (picture.width / _INCH, picture.height / _INCH)
        made = Figure(figsize=size, layout="constrained", dpi=150)
        rows = -(-len(picture.panels) // picture.columns)
        heights = [max(p.height for p in picture.panels[r * picture.columns :][: picture.columns]) for r in range(rows)]
        axes = made.subplots(rows, picture.columns, squeeze=False, height_ratios=heights).ravel()
        for panel, ax in zip(picture.panels, axes, strict=False):
            _draw(panel, ax, made)
        for ax in axes[len(picture.panels) :]:
            ax.set_axis_off()
        made.suptitle(picture.title, x=0.02, ha="left", fontsize=10, fontweight="bold")
        _say_below(picture, made)
    return made


def _say_below(picture: Any, made: Any) -> None:
    """The names of lines and points, and the quiet lines, under the panels."""
    said = "\n".join(line for line in (picture.note, *picture.under) if line)
    handles = [_handle(mark) for mark in legend(picture.panels)]
    if not handles:
        made.supxlabel(said, x=0.02, ha="left", fontsize=8, color=LIGHT["muted"])
        return
    longest = max(len(str(handle.get_label())) for handle in handles)
    columns = max(1, min(len(handles), int(picture.width / (45 + 6 * longest))))
    below = made.legend(handles=handles, loc="outside lower left", ncols=columns, title=said or None, alignment="left")
    below.get_title().set(fontsize=8, color=LIGHT["muted"])


def _draw(panel: Panel, ax: Any, made: Any) -> None:
    image = None
    for mark in panel.marks:
        drawn = _put(mark, ax)
        image = drawn if mark is panel.bar else image
    ax.set_title(panel.title)
    if panel.square:
        ax.set_aspect("equal")
    _axis(panel.x, panel, "x", ax.xaxis, ax)
    _axis(panel.y, panel, "y", ax.yaxis, ax)
    if not any(isinstance(mark, Heat) for mark in panel.marks):
        ax.grid(color=LIGHT["line"], linewidth=0.8, axis="x" if any(_lies(m) for m in panel.marks) else "y")
        ax.set_axisbelow(True)
    if image is not None:
        made.colorbar(image, ax=ax, label=panel.bar_label)


def _lies(mark: Any) -> bool:
    return isinstance(mark, Bars) and mark.lying


def _axis(axis: Axis, panel: Panel, which: str, made: Any, ax: Any) -> None:
    fitted = fit_axis(axis, panel, which, 5)
    if axis.log:
        getattr(ax, f"set_{which}scale")("log")
    getattr(ax, f"set_{which}lim")(*((fitted.high, fitted.low) if axis.flip else (fitted.low, fitted.high)))
    made.set_visible(axis.shown)
    if axis.shown:
        made.set_ticks(list(fitted.ticks), labels=list(fitted.labels))
        room = 96 * ax.figure.get_figwidth() / ax.get_subplotspec().get_gridspec().ncols
        if which == "x" and 6 * sum(len(label) + 1 for label in fitted.labels) > 0.5 * room:
            ax.tick_params(axis="x", labelrotation=38)
        if axis.log:
            made.set_ticks([], minor=True)
        made.set_label_text(axis.label)


def _put(mark: Any, ax: Any) -> Any:
    if isinstance(mark, Line):
        return ax.plot(mark.x, mark.y, color=LIGHT[mark.colour], linewidth=0.75 * mark.wide, linestyle=_dash(mark))
    if isinstance(mark, Area):
        return ax.fill_between(mark.x, mark.low, mark.high, color=LIGHT[mark.colour], alpha=mark.opacity, linewidth=0)
    if isinstance(mark, Points):
        return ax.plot(mark.x, mark.y, linestyle="none", **_shape(mark))
    if isinstance(mark, Bars):
        return _bars(mark, ax)
    if isinstance(mark, Heat):
        return _heat(mark, ax)
    if isinstance(mark, Pieces):
        from matplotlib.collections import LineCollection

        ends = np.asarray(mark.ends, np.float64).reshape(-1, 2, 2)
        return ax.add_collection(
            LineCollection(list(ends), colors=LIGHT[mark.colour], linewidths=0.75 * mark.wide, alpha=mark.opacity)
        )
    if isinstance(mark, Rule):
        ruled = ax.axvline if mark.upright else ax.axhline
        if mark.to is not None:
            ax.axvspan(mark.at, mark.to, color=LIGHT["orange"], alpha=0.12, linewidth=0)
        ruled(mark.at, color=LIGHT[mark.colour], linewidth=1, linestyle=_dash(mark))
        return _rule_words(mark, ax)
    return _words(mark, ax)


def _dash(mark: Any) -> Any:
    return "-" if mark.dash is None else (0, [0.75 * float(part) for part in mark.dash.split()])


def _shape(mark: Points) -> dict[str, Any]:
    inside = LIGHT["paper"] if mark.shape == "ring" else LIGHT[mark.colour]
    edge = LIGHT[mark.colour] if mark.shape in ("ring", "cross") else LIGHT["paper"]
    look = {"marker": _SHAPES[mark.shape], "markersize": 1.5 * mark.size, "color": LIGHT[mark.colour]}
    return {**look, "markerfacecolor": inside, "markeredgecolor": edge, "markeredgewidth": 0.8}


def _bars(mark: Bars, ax: Any) -> Any:
    values = np.asarray(mark.values, np.float64)
    drawn = (ax.barh if mark.lying else ax.bar)(mark.at, values, mark.wide, color=LIGHT[mark.colour])
    if mark.low is not None and mark.high is not None:
        low, high = np.asarray(mark.low, np.float64), np.asarray(mark.high, np.float64)
        line = ax.hlines if mark.lying else ax.vlines
        line(mark.at, low, high, color=LIGHT["ink"], linewidth=1)
    return drawn


def _heat(mark: Heat, ax: Any) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    low, high = bounds(mark.values, mark.ramp, mark.low, mark.high) if np.ndim(mark.values) == 2 else (0.0, 1.0)
    stops = painted(np.linspace(0.0, 1.0, 64)[:, None], mark.ramp, 0.0, 1.0)[:, 0] / 255.0
    colours = LinearSegmentedColormap.from_list(mark.ramp, [tuple(stop) for stop in stops])
    if mark.written:
        _written(mark, ax)
    return ax.imshow(
        np.asarray(mark.values, np.float64),
        colours,
        vmin=low,
        vmax=high,
        extent=(*mark.x, *mark.y),
        origin="lower",
        aspect="auto",
        interpolation="bilinear" if mark.smooth else "nearest",
    )


def _written(mark: Heat, ax: Any) -> None:
    table, shade = np.asarray(mark.values, np.float64), painted(mark.values, mark.ramp, mark.low, mark.high)
    (rows, columns), said = table.shape, mark.said()
    for i, j in np.ndindex(rows, columns):
        x = mark.x[0] + (mark.x[1] - mark.x[0]) * (j + 0.5) / columns
        y = mark.y[0] + (mark.y[1] - mark.y[0]) * (i + 0.5) / rows
        ink = "white" if reads_white(shade[i, j]) else LIGHT["ink"]
        ax.text(x, y, said[i][j], ha="center", va="center", fontsize=6 if columns > 8 else 8, color=ink)


def _rule_words(mark: Rule, ax: Any) -> None:
    if mark.words and mark.upright:
        place = {"xy": (mark.at, 0.97), "xycoords": ("data", "axes fraction"), "va": "top"}
    else:
        place = {"xy": (0.98, mark.at), "xycoords": ("axes fraction", "data"), "ha": "right", "va": "bottom"}
    words = ax.annotate(mark.words, xytext=(3, 0), textcoords="offset points", fontsize=8, **place)
    words.set_path_effects(_paper())


def _words(mark: Words, ax: Any) -> None:
    anchor = {"start": "left", "middle": "center", "end": "right"}[mark.anchor]
    look = {"fontsize": 8, "color": LIGHT[mark.colour], "clip_on": True, "zorder": 4}
    words = ax.text(mark.x, mark.y, mark.words, ha=anchor, va="center", **look)
    if mark.paper:
        words.set_path_effects(_paper())


def _paper() -> list[Any]:
    """Paper around the letters, so that they are read on any ground."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground=LIGHT["paper"])]


def _handle(mark: Any) -> Any:
    from matplotlib.lines import Line2D

    if isinstance(mark, Points):
        return Line2D([], [], linestyle="none", label=mark.name, **_shape(mark))
    return Line2D([], [], color=LIGHT[mark.colour], linewidth=0.75 * mark.wide, linestyle=_dash(mark), label=mark.name)
