"""What a judge hands back: a kind, how sure it is, the numbers it rests on, and what to do first."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from glassnet.diagnosis import telling
from glassnet.foundation.errors import ConfigError

Kind = Literal[
    "good_fit",
    "overfitting",
    "underfitting",
    "over_confident",
    "not_converged",
    "plateau",
    "learning_rate_too_high",
    "learning_rate_too_low",
    "diverged",
    "unstable",
    "no_better_than_baseline",
    "too_little_validation",
    "suspiciously_good",
    "distribution_shift",
]
"""What can be said of a training."""

KINDS: tuple[Kind, ...] = get_args(Kind)

TITLES: dict[Kind, str] = {
    "good_fit": "Good fit",
    "overfitting": "Overfitting",
    "underfitting": "Underfitting",
    "over_confident": "Over-confident",
    "not_converged": "Not converged",
    "plateau": "Stuck on a plateau",
    "learning_rate_too_high": "Learning rate too high",
    "learning_rate_too_low": "Learning rate too low",
    "diverged": "Diverged",
    "unstable": "Unstable",
    "no_better_than_baseline": "No better than the baseline",
    "too_little_validation": "Too little validation",
    "suspiciously_good": "Suspiciously good",
    "distribution_shift": "Distribution shift",
}

MOST_ACTIONS = 3


@dataclass(frozen=True)
class Evidence:
    """One number that a verdict rests on.

    Args:
        name: a short identifier, such as ``"val_loss_rise"``.
        value: the number; None where there is none to give, as for a loss that is not finite.
        text: what the number is, in plain words.

    Example:
        >>> Evidence("gap", 0.21, "validation loss minus training loss").to_dict()["value"]
        0.21
    """

    name: str
    value: float | None
    text: str

    def __post_init__(self) -> None:
        if self.value is not None:
            finite = math.isfinite(self.value)
            object.__setattr__(self, "value", float(self.value) if finite else None)

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {"name": self.name, "value": self.value, "text": self.text}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Evidence":
        """The evidence that `to_dict` described."""
        return cls(data["name"], data["value"], data["text"])


@dataclass(frozen=True, repr=False)
class Verdict:
    """A judgement as data: what it is, since when, on what numbers, and what to do first.

    Args:
        kind: one of `KINDS`.
        confidence: how sure the judge is, from 0 (a guess) to 1.
        sentence: the verdict in one or two plain sentences with numbers.
        since_epoch: the epoch from which it holds, counted from 1; None where it has no beginning.
        evidence: the numbers it rests on.
        actions: what to do, the most useful first; at most three.

    Raises:
        ConfigError: an unknown kind, a confidence outside [0, 1], or more than three actions.

    Example:
        >>> verdict = Verdict("good_fit", 0.8, "Both losses have levelled off together.")
        >>> verdict.title, Verdict.from_dict(verdict.to_dict()) == verdict
        ('Good fit', True)

    Reference:
        I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, chapter 11: Practical Methodology.
    """

    kind: Kind
    confidence: float
    sentence: str
    since_epoch: int | None = None
    evidence: tuple[Evidence, ...] = ()
    actions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(
                f"Expected a kind of verdict: one of {', '.join(KINDS)}. Received {self.kind!r}. Correct the word; a "
                f"verdict stored by a newer version needs that version."
            )
        if not 0 <= self.confidence <= 1:
            raise ConfigError(
                f"Expected a confidence between 0 and 1. Received {self.confidence!r}. Divide a percentage by 100."
            )
        if len(self.actions) > MOST_ACTIONS:
            raise ConfigError(
                f"Expected at most {MOST_ACTIONS} actions. Received {len(self.actions)}. Keep the most useful ones."
            )

    @property
    def title(self) -> str:
        """The kind in words, such as ``"No better than the baseline"``."""
        return TITLES[self.kind]

    def __repr__(self) -> str:
        return telling.lines(self)

    def _repr_html_(self) -> str:
        return telling.page(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {
            "kind": self.kind,
            "title": self.title,
            "confidence": self.confidence,
            "sentence": self.sentence,
            "since_epoch": self.since_epoch,
            "evidence": [item.to_dict() for item in self.evidence],
            "actions": list(self.actions),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Verdict":
        """The verdict that `to_dict` described.

        Raises:
            ConfigError: `data` lacks its kind, confidence or sentence, or they do not fit.
        """
        missing = [name for name in ("kind", "confidence", "sentence") if name not in data]
        if missing:
            raise ConfigError(
                f"Expected a stored verdict with kind, confidence and sentence. Received one without "
                f"{' and '.join(missing)}. Pass what Verdict.to_dict() returned."
            )
        return cls(
            kind=data["kind"],
            confidence=data["confidence"],
            sentence=data["sentence"],
            since_epoch=data.get("since_epoch"),
            evidence=tuple(Evidence.from_dict(item) for item in data.get("evidence", ())),
            actions=tuple(data.get("actions", ())),
        )
