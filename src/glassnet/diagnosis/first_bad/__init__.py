"""The first bad number of a training: where it arose, and why."""

from glassnet.diagnosis.first_bad.finding import FirstBadNumber
from glassnet.diagnosis.first_bad.search import first_bad_number, look_at_step

__all__ = ["FirstBadNumber", "first_bad_number", "look_at_step"]
