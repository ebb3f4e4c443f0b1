"""Judges: learning curves in, a verdict with its evidence and what to do first out; and a look at the data before."""

from glassnet.diagnosis.histories import verdict
from glassnet.diagnosis.judge import judge_curves
from glassnet.diagnosis.preflight import FINDING_TITLES, Checked, Finding, check, check_table
from glassnet.diagnosis.verdict import KINDS, TITLES, Evidence, Kind, Verdict

__all__ = [
    "FINDING_TITLES",
    "KINDS",
    "TITLES",
    "Checked",
    "Evidence",
    "Finding",
    "Kind",
    "Verdict",
    "check",
    "check_table",
    "judge_curves",
    "verdict",
]
