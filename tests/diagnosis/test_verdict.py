import json
import math

import pytest

from glassnet.diagnosis import KINDS, TITLES, Evidence, Verdict
from glassnet.foundation.errors import ConfigError

FULL = Verdict(
    kind="overfitting",
    confidence=0.9,
    sentence="Validation loss rose.",
    since_epoch=34,
    evidence=(Evidence("gap", 0.4, "the gap"), Evidence("loss", None, "not finite")),
    actions=("Stop earlier.", "Add dropout."),
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_title_and_survives_storage(kind):
    verdict = Verdict(kind, 0.5, "So it is.")
    assert verdict.title == TITLES[kind] and verdict.title[0].isupper()
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict(), allow_nan=False))) == verdict


def test_a_full_verdict_survives_storage():
    stored = json.loads(json.dumps(FULL.to_dict(), allow_nan=False))
    assert Verdict.from_dict(stored) == FULL
    assert stored["title"] == "Overfitting" and stored["evidence"][1]["value"] is None


def test_evidence_that_is_not_finite_has_no_value():
    assert Evidence("loss", math.inf, "infinite").value is None
    assert Evidence("loss", 3, "three").value == 3.0


def test_a_verdict_cannot_be_changed():
    with pytest.raises(AttributeError):
        FULL.kind = "good_fit"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "overfiting"}, "one of good_fit, overfitting"),
        ({"confidence": 90}, "between 0 and 1. Received 90"),
        ({"confidence": math.nan}, "between 0 and 1"),
        ({"actions": ("a", "b", "c", "d")}, "at most 3 actions. Received 4"),
    ],
)
def test_what_cannot_be_a_verdict_is_refused(wrong, message):
    with pytest.raises(ConfigError, match=message):
        Verdict(**{"kind": "good_fit", "confidence": 0.5, "sentence": "s", **wrong})


def test_a_stored_verdict_needs_its_parts():
    with pytest.raises(ConfigError, match="without confidence and sentence"):
        Verdict.from_dict({"kind": "good_fit"})
