"""Judges: learning curves in, a verdict with its evidence and what to do first out."""

from glassnet.diagnosis.judge import judge_curves
from glassnet.diagnosis.verdict import KINDS, TITLES, Evidence, Kind, Verdict

__all__ = ["KINDS", "TITLES", "Evidence", "Kind", "Verdict", "judge_curves"]
