"""Pre-flight: mistakes in data, and between data and model, found before the first step."""

from glassnet.preflight.checked import Checked
from glassnet.preflight.checking import check, glance
from glassnet.preflight.finding import FINDING_TITLES, SEVERITIES, Finding, Severity
from glassnet.preflight.tables import check_table

__all__ = ["FINDING_TITLES", "SEVERITIES", "Checked", "Finding", "Severity", "check", "check_table", "glance"]
