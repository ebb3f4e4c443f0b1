"""The perceptron's rule seen through: each correction with its numbers, as text, page, picture and plain data."""

from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np

from glassnet.estimators.labelled_rows import counted
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import HostArray
from glassnet.plots import Picture, moving_line
from glassnet.plots.markup import escape, tag

_COLUMNS = 80
_MOST_TERMS = 6
_FIRST, _LAST = 10, 3
"""How many corrections the text shows from the beginning and from the end."""
_RULE = "ŷ = 1 if w·x + b ≥ 0 else 0;  w ← w + α (y - ŷ) x,  b ← b + α (y - ŷ)"


@dataclass(frozen=True, eq=False)
class Step:
    """One correction as the rule makes it; the bias is the first weight.

    Args:
        epoch: counted from 1.
        row: counted from 0.
        z: w·x + b before it.
        before: the weights before it.
        after: those after it.
    """

    epoch: int
    row: int
    z: float
    before: HostArray
    after: HostArray


@dataclass(frozen=True, eq=False, repr=False)
class Correction:
    """w ← w + α (y - ŷ) x, b ← b + α (y - ŷ), once, with its numbers.

    Args:
        number: which correction it is, counted from 1.
        epoch: the pass over the rows, counted from 1.
        row: the row that was got wrong, counted from 0.
        x: its numbers, (columns,).
        y: 1 for the second class, 0 for the first.
        label: its label.
        z: w·x + b before the correction.
        prediction: ŷ, the wrong one of 0 and 1.
        rate: α.
        weights: w before, (columns,).
        bias: b before.
        new_weights: w after, (columns,).
        new_bias: b after.
        names: the columns' names.

    Example:
        >>> from glassnet import Perceptron
        >>> first = Perceptron().xray([[0], [1]], ["no", "yes"]).corrections[0]
        >>> first.row, first.label, first.prediction, first.error, first.new_bias
        (0, 'no', 1, -1, -0.1)
    """

    number: int
    epoch: int
    row: int
    x: HostArray
    y: int
    label: Any
    z: float
    prediction: int
    rate: float
    weights: HostArray
    bias: float
    new_weights: HostArray
    new_bias: float
    names: tuple[str, ...]

    @property
    def error(self) -> int:
        """y - ŷ: 1 where the row belonged to the second class, -1 where it belonged to the first."""
        return self.y - self.prediction

    @property
    def line(self) -> str:
        """Where ŷ changes after the correction: Σ wᵢ xᵢ = -b."""
        if not self.new_weights.any():
            return f"no line: w = 0, so ŷ = {1 if self.new_bias >= 0 else 0} everywhere"
        terms = [
            f"{_signed(w, first=k == 0)} {self.names[i]}"
            for k, (i, w) in enumerate((i, w) for i, w in enumerate(self.new_weights) if w)
        ]
        more = [f"… {len(terms) - _MOST_TERMS} more"] if len(terms) > _MOST_TERMS else []
        return f"the line: {' '.join([*terms[:_MOST_TERMS], *more])} = {_number(0.0 - self.new_bias)}"

    def to_dict(self) -> dict[str, Any]:
        """Its numbers as plain data."""
        return {
            "number": self.number,
            "epoch": self.epoch,
            "row": self.row,
            "x": self.x.tolist(),
            "y": self.y,
            "label": self.label,
            "z": self.z,
            "prediction": self.prediction,
            "error": self.error,
            "weights": self.weights.tolist(),
            "bias": self.bias,
            "new_weights": self.new_weights.tolist(),
            "new_bias": self.new_bias,
        }

    def __str__(self) -> str:
        label = "" if self.label == self.y else f" ({self.label})"
        step = f"{_number(self.rate)} × {_bracketed(self.error)}"
        said = [
            f"w·x + b = {self._sum()} = {_number(self.z)} {'≥' if self.z >= 0 else '<'} 0, "
            f"so ŷ = {self.prediction}; y - ŷ = {self.error}",
            f"w ← w + α (y - ŷ) x = {_vector(self.weights)} + {step} × {_vector(self.x)} = {_vector(self.new_weights)}",
            f"b ← b + α (y - ŷ) = {_number(self.bias)} + {step} = {_number(self.new_bias)}",
            self.line,
        ]
        head = f"{self.number}  epoch {self.epoch}, row {self.row}: x = {_vector(self.x)}, y = {self.y}{label}"
        return "\n   ".join(
            part for text in (head, *said) for part in wrap(text, _COLUMNS - 3, subsequent_indent="    ")
        )

    __repr__ = __str__

    def _sum(self) -> str:
        terms = [f"{_bracketed(w)} × {_bracketed(x)}" for w, x in zip(self.weights, self.x, strict=True)]
        if len(terms) > _MOST_TERMS:
            rest = float(self.weights[_MOST_TERMS:] @ self.x[_MOST_TERMS:])
            terms = [*terms[:_MOST_TERMS], f"{_bracketed(rest)} from {len(terms) - _MOST_TERMS} more"]
        return " + ".join([*terms, _bracketed(self.bias)])


@dataclass(frozen=True, eq=False, repr=False)
class PerceptronXRay:
    """A perceptron's learning with its real numbers; `Perceptron.xray` makes it.

    Args:
        corrections: in order.
        errors: the mistakes of each epoch.
        converged: whether the final weights get every row right.
        separable: whether any flat boundary does; None where that was not settled.
        weights: the final w, (columns,).
        bias: the final b.
        classes: the two labels; ŷ = 1 stands for the second.
        names: the columns' names.
        rows: the rows, (n, columns).
        labels: their labels, (n,).
        verdict: how it ended, in words.

    Example:
        >>> from glassnet import Perceptron
        >>> seen = Perceptron().xray([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
        >>> seen.converged, seen.separable, len(seen.corrections)
        (False, False, 38)

    Reference:
        Rosenblatt (1958), The perceptron; Minsky & Papert (1969), Perceptrons, on XOR.
    """

    corrections: tuple[Correction, ...]
    errors: tuple[int, ...]
    converged: bool
    separable: bool | None
    weights: HostArray
    bias: float
    classes: tuple[Any, Any]
    names: tuple[str, ...]
    rows: HostArray
    labels: HostArray
    verdict: str

    def plot(self, columns: tuple[int, int] = (0, 1)) -> Picture:
        """The rows with the line after each correction, in the plane of two columns; other columns at their means.

        Args:
            columns: the numbers of two columns. With one column in all, it is drawn along the bottom.

        Raises:
            ConfigError: there are no such columns.
        """
        count = len(self.names)
        if count > 1 and (len(set(columns)) != 2 or not all(0 <= c < count for c in columns)):
            raise ConfigError(
                f"Expected two different columns from 0 to {count - 1}. Received {columns!r}. Pass (0, 1)."
            )
        table, lines, names = self.rows, self._lines(), self.names
        if count == 1:  # a plane whose second side has no weight
            table, names, columns = np.column_stack([table, np.zeros(len(table))]), (*names, ""), (0, 1)
            lines = np.column_stack([lines[:, :1], np.zeros(len(lines)), lines[:, 1]])
        elif count > 2:
            pinned = [c for c in range(count) if c not in columns]
            bias = lines[:, -1] + lines[:, pinned] @ table[:, pinned].mean(axis=0)
            lines = np.column_stack([lines[:, list(columns)], bias])
        return moving_line(
            table[:, list(columns)],
            (self.labels == self.classes[1]).astype(int),
            lines,
            corrected=[c.row for c in self.corrections],
            titles=[f"{c.number}: epoch {c.epoch}, row {c.row}" for c in self.corrections],
            title="The perceptron's line after each correction",
            x_label=names[columns[0]],
            y_label=names[columns[1]],
            class_names=self.classes,
        )

    def _lines(self) -> HostArray:
        """(w, b) after each correction, (corrections, columns + 1)."""
        after = [np.append(c.new_weights, c.new_bias) for c in self.corrections]
        return np.array(after).reshape(len(after), len(self.names) + 1)

    def to_dict(self) -> dict[str, Any]:
        """All its numbers as plain data, for JSON."""
        return {
            "rule": _RULE,
            "columns": list(self.names),
            "classes": list(self.classes),
            "corrections": [correction.to_dict() for correction in self.corrections],
            "errors": list(self.errors),
            "converged": self.converged,
            "separable": self.separable,
            "weights": self.weights.tolist(),
            "bias": self.bias,
            "verdict": self.verdict,
        }

    def __str__(self) -> str:
        found, epoch, last = ["X-ray of the perceptron's rule", f"  {_RULE}"], 0, len(self.corrections)
        hidden = range(_FIRST, last - _LAST) if last > _FIRST + _LAST else range(0)
        for place, correction in enumerate(self.corrections):
            if place in hidden:
                if place == hidden.start:
                    found += [
                        "",
                        f"... {counted(len(hidden), 'more correction')}: xray.corrections[{place}] and so on ...",
                    ]
                continue
            if correction.epoch != epoch:
                epoch = correction.epoch
                found += ["", f"EPOCH {epoch}: {counted(self.errors[epoch - 1], 'mistake')}"]
            found.append(str(correction))
        return "\n".join([*found, "", *wrap(self.verdict, _COLUMNS)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = ("", "epoch", "row", "x", "y", "w·x + b", "ŷ", "y - ŷ", "w after", "b after")
        rows = [_row("th", heads)]
        for c in self.corrections:
            known = (c.number, c.epoch, c.row, _vector(c.x), c.y, _number(c.z), c.prediction, c.error)
            rows.append(_row("td", (*known, _vector(c.new_weights), _number(c.new_bias))))
        summary = tag("summary", escape(counted(len(self.corrections), "correction")))
        return tag(
            "div",
            tag("p", tag("strong", escape("X-ray of the perceptron's rule")), escape(f": {_RULE}")),
            tag("details", summary, tag("table", *rows), open="open"),
            tag("p", escape(self.verdict)),
            self.plot().svg,
            style="font-family:system-ui,sans-serif;max-width:60em",
        )


def _row(kind: str, cells: tuple[Any, ...]) -> str:
    return tag("tr", *(tag(kind, escape(cell), style="text-align:right;padding:2px 8px") for cell in cells))


def seen_through(
    learner: Any, rows: HostArray, labels: HostArray, steps: list[Step], names: tuple[str, ...]
) -> PerceptronXRay:
    """What was seen of a learner's fit on these rows."""
    classes = tuple(learner.classes_.tolist())
    named = tuple(f"x[{name}]" if name.isdigit() else name for name in names)
    known = labels.tolist()
    corrections = tuple(
        Correction(
            number,
            step.epoch,
            step.row,
            rows[step.row],
            int(known[step.row] == classes[1]),
            known[step.row],
            step.z,
            1 if step.z >= 0 else 0,
            float(learner.learning_rate),
            step.before[1:],
            float(step.before[0]),
            step.after[1:],
            float(step.after[0]),
            named,
        )
        for number, step in enumerate(steps, 1)
    )
    weights, bias = learner.coef_[0], float(learner.intercept_[0])
    return PerceptronXRay(
        corrections,
        tuple(learner.errors_),
        learner.converged_,
        learner.separable_,
        weights,
        bias,
        classes,
        named,
        rows,
        labels,
        _verdict(learner, len(corrections), weights, bias),
    )


def _verdict(learner: Any, corrections: int, weights: HostArray, bias: float) -> str:
    trouble = learner._trouble()
    if trouble is not None:
        return f"Not converged. {trouble[0]}"
    at = f"w = {_vector(weights)}, b = {_number(bias)}"
    return (
        f"Converged: after {counted(corrections, 'correction')} in {counted(learner.n_iter_, 'epoch')} every row is on its "
        f"side of the line, with {at}."
    )


def _number(value: float) -> str:
    return f"{float(value) + 0.0:.5g}"


def _bracketed(value: float) -> str:
    text = _number(value)
    return f"({text})" if text.startswith("-") else text


def _signed(value: float, *, first: bool) -> str:
    if first:
        return _number(value)
    return f"- {_number(-value)}" if value < 0 else f"+ {_number(value)}"


def _vector(values: HostArray) -> str:
    shown = ", ".join(_number(value) for value in values[:_MOST_TERMS])
    more = f", … {len(values) - _MOST_TERMS} more" if len(values) > _MOST_TERMS else ""
    return f"({shown}{more})"
