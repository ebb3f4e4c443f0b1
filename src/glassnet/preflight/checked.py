"""What a check hands back: its findings, shown in a terminal and on a page."""

from dataclasses import dataclass
from typing import Any

from glassnet.preflight.finding import SEVERITIES, Finding, Severity
from glassnet.preflight.showing import as_text


@dataclass(frozen=True, repr=False)
class Checked:
    """What was found before training, the gravest first; empty where all is well.

    Args:
        findings: what was found.
        rows: how many rows were looked at.
        name: what the data are called.

    Example:
        >>> from glassnet.diagnosis import check
        >>> checked = check([[1.0, 5.0], [2.0, 5.0], [1.5, 5.0], [1.2, 5.0]], [0, 1, 0, 1])
        >>> checked.kinds, checked.errors
        (('constant_column',), ())

    Reference:
        E. Breck et al., Data Validation for Machine Learning, 2019.
    """

    findings: tuple[Finding, ...]
    rows: int
    name: str = "the data"

    def of(self, kind: str) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind == kind)

    def graded(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of one severity."""
        return tuple(finding for finding in self.findings if finding.severity == severity)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds found, each once."""
        return tuple(dict.fromkeys(finding.kind for finding in self.findings))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What training would be wrong with."""
        return self.graded("error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What may make the result mislead."""
        return self.graded("warning")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is good to know."""
        return self.graded("note")

    def sentence(self) -> str:
        """The counts in words.

        Example:
            >>> Checked((), 10).sentence()
            'nothing found in 10 rows'
        """
        counts = [(severity, len(self.graded(severity))) for severity in SEVERITIES]
        said = ", ".join(f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in counts if count)
        return f"{said or 'nothing found'} in {self.rows:,} rows"

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {"name": self.name, "rows": self.rows, "findings": [finding.to_dict() for finding in self.findings]}

    def __str__(self) -> str:
        return as_text(self.findings, self.sentence(), 80)

    def __repr__(self) -> str:
        return f"<Checked: {self.sentence()}>"

    def _repr_html_(self) -> str:
        from glassnet.preflight.page import as_html  # not above: `fit` loads this room, and draws no page

        return as_html(self.findings, self.sentence())
