"""The first bad number of a training: where it arose, and why."""

from glassnet.diagnosis.first_bad.finding import Finding
from glassnet.diagnosis.first_bad.search import first_bad_number

__all__ = ["Finding", "first_bad_number"]
