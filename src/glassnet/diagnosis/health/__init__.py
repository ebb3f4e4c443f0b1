"""Health while training: a few looks a second at gradients, weights, updates and units, and what they say in words."""

from glassnet.diagnosis.health.flag import FLAG_TITLES, Flag
from glassnet.diagnosis.health.health import Health
from glassnet.diagnosis.health.looks import HealthLook, Price

__all__ = ["FLAG_TITLES", "Flag", "Health", "HealthLook", "Price"]
