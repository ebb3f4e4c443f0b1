"""What is found before training: a kind, how grave it is, where, on what numbers, in a sentence, and what to do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from glassnet.foundation.errors import DataError, GlassnetError

Severity = Literal["error", "warning", "note"]
"""``"error"``: training would be wrong; ``"warning"``: the result may mislead; ``"note"``: good to know."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

FINDING_TITLES = {
    "not_numbers": "Words among numbers",
    "not_finite": "NaN or infinity",
    "missing_cells": "Missing cells",
    "target": "Unusable target",
    "input_shape": "Input shape",
    "target_shape": "Target shape",
    "labels_out_of_range": "Labels out of range",
    "label_gaps": "Labels with gaps",
    "logits_or_probabilities": "Logits or probabilities",
    "target_scale": "Target scale",
    "constant_column": "Constant column",
    "duplicate_column": "Duplicate column",
    "identifier_column": "Identifier",
    "target_leak": "Target given away",
    "duplicate_rows": "Rows on both sides of the split",
    "sorted_rows": "Sorted rows",
    "grouped_rows": "Grouped rows",
    "time_order": "Rows in order of time",
    "missing_class": "Class missing from a part",
    "imbalance": "Imbalance",
    "unscaled_inputs": "Unscaled inputs",
    "image_axes": "Image axes",
    "batch_too_large": "Batch above the rows",
    "many_parameters": "More parameters than rows",
}
"""Every kind of finding, with its title."""


@dataclass(frozen=True)
class Finding:
    """One thing found before training.

    Args:
        kind: one of `FINDING_TITLES`.
        severity: ``"error"``, ``"warning"`` or ``"note"``.
        sentence: what it is, with its numbers.
        fix: what to do about it.
        columns: the names (or numbers) of the columns it is about.
        rows: the numbers of some of the rows it is about: from 0, or as counted in a table's file, from 1.
        evidence: the numbers it rests on, by name.
        raises: the class of the error that `fit` stops with.

    Example:
        >>> finding = Finding("constant_column", "warning", "Every row holds 3.", "Leave it out.", columns=("ward",))
        >>> finding.title, finding.where
        ('Constant column', "column 'ward'")

    Reference:
        E. Breck et al., Data Validation for Machine Learning, 2019.
    """

    kind: str
    severity: Severity
    sentence: str
    fix: str
    columns: tuple[str | int, ...] = ()
    rows: tuple[int, ...] = ()
    evidence: Mapping[str, float] = field(default_factory=dict)
    raises: type[GlassnetError] = DataError

    @property
    def title(self) -> str:
        """The kind in words."""
        return FINDING_TITLES[self.kind]

    @property
    def where(self) -> str:
        """The columns and rows in words; empty where it is about all."""
        return ", ".join(part for part in (_listed("column", self.columns), _listed("row", self.rows)) if part)

    @property
    def heading(self) -> str:
        """The title and where: ``"Constant column: column 'ward'"``."""
        return f"{self.title}: {self.where}" if self.where else self.title

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {
            "kind": self.kind,
            "title": self.title,
            "severity": self.severity,
            "columns": list(self.columns),
            "rows": list(self.rows),
            "evidence": dict(self.evidence),
            "sentence": self.sentence,
            "fix": self.fix,
        }

    def error(self) -> GlassnetError:
        """The error that tells of it."""
        return self.raises(f"{self.sentence} {self.fix}")


def from_error(
    error: GlassnetError,
    kind: str,
    *,
    columns: tuple[str | int, ...] = (),
    rows: tuple[int, ...] = (),
    evidence: Mapping[str, float] | None = None,
) -> Finding:
    """The finding that an error of ours tells of; its message ends with what to do, after what was received.

    Example:
        >>> found = from_error(DataError("Expected numbers; received 'a'. Write a number."), "not_numbers")
        >>> found.sentence, found.fix
        ("Expected numbers; received 'a'.", 'Write a number.')
    """
    said = str(error)
    parts = re.split(r"(?<=[.)]) (?=[A-Z])", said)
    last = max((i for i, part in enumerate(parts) if "eceived" in part), default=len(parts) - 1)
    sentence, fix = " ".join(parts[: last + 1]), " ".join(parts[last + 1 :])
    return Finding(kind, "error", sentence, fix, columns, rows, evidence or {}, type(error))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest first, else as found."""
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def _listed(noun: str, items: tuple[Any, ...]) -> str:
    if not items:
        return ""
    shown = ", ".join(map(repr, items[:4]))
    more = f" and {len(items) - 4} more" if len(items) > 4 else ""
    return f"{noun}{'s' if len(items) > 1 else ''} {shown}{more}"
