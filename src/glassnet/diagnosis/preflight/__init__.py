"""Pre-flight: mistakes in data, and between data and model, found before the first step."""

from glassnet.diagnosis.preflight.checked import Checked
from glassnet.diagnosis.preflight.checking import check, glance
from glassnet.diagnosis.preflight.finding import FINDING_TITLES, SEVERITIES, Finding, Severity
from glassnet.diagnosis.preflight.tables import check_table

__all__ = ["FINDING_TITLES", "SEVERITIES", "Checked", "Finding", "Severity", "check", "check_table", "glance"]
