"""From looks to flags: every rule in turn, each of which sees what those before it found."""

from collections.abc import Sequence

from glassnet.diagnosis.health import gradient_rules, unit_rules
from glassnet.diagnosis.health.course import Course
from glassnet.diagnosis.health.flag import FLAG_TITLES, Flag
from glassnet.diagnosis.health.looks import HealthLook, Probe

_RULES = (
    *(unit_rules.alike, unit_rules.dead, unit_rules.saturated),
    *(gradient_rules.exploding, gradient_rules.vanishing, gradient_rules.frozen),
    *(unit_rules.constant, gradient_rules.too_large, gradient_rules.too_small),
)
_ORDER = tuple(FLAG_TITLES)


def flags(looks: Sequence[HealthLook], probe: Probe) -> tuple[Flag, ...]:
    """Everything that is wrong, the gravest first.

    Args:
        looks: in the order of time.
        probe: the rows looked at.
    """
    found: list[Flag] = []
    for rule in _RULES if looks else ():
        found += rule(Course(looks, probe), found)
    return tuple(sorted(found, key=lambda flag: (flag.severity == "note", _ORDER.index(flag.kind))))
