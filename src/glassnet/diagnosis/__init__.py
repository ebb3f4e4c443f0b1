"""Judges: learning curves in, a verdict with its evidence and what to do first out; and a look at the data before."""

from glassnet.diagnosis.advice import Advice, Trial, advise
from glassnet.diagnosis.health import FLAG_TITLES, Flag, Health, HealthLook, Price
from glassnet.diagnosis.judge import judge_curves, verdict
from glassnet.diagnosis.verdict import KINDS, TITLES, Evidence, Kind, Verdict
from glassnet.preflight import FINDING_TITLES, Checked, Finding, check, check_table

__all__ = [
    "FINDING_TITLES",
    "FLAG_TITLES",
    "KINDS",
    "TITLES",
    "Advice",
    "Checked",
    "Evidence",
    "Finding",
    "Flag",
    "Health",
    "HealthLook",
    "Kind",
    "Price",
    "Trial",
    "Verdict",
    "advise",
    "check",
    "check_table",
    "judge_curves",
    "verdict",
]
