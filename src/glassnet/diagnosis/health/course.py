"""What the rules read: the looks in the order of time, and the rows that were looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from glassnet.diagnosis.health.flag import Flag
from glassnet.diagnosis.health.looks import HealthLook, Probe
from glassnet.inspection import LayerVitals

LEARNED = 0.1
"""Below this share of its first value the loss says that whatever looks ill has not kept the network from learning."""


@dataclass(frozen=True)
class Course:
    """The looks of a training, at least one, and the rows they were at."""

    looks: Sequence[HealthLook]
    probe: Probe

    @property
    def first(self) -> HealthLook:
        """The look before training, as a rule."""
        return self.looks[0]

    @property
    def last(self) -> HealthLook:
        """The latest look."""
        return self.looks[-1]

    @property
    def layers(self) -> tuple[LayerVitals, ...]:
        """The layers as the latest look shows them."""
        return self.last.layers

    @property
    def learned(self) -> bool:
        """Whether the loss has come down to a tenth."""
        start = self.first.vitals.loss
        return start > 0 and self.last.vitals.loss < LEARNED * start

    def since(self, holds: Callable[[HealthLook], bool]) -> HealthLook | None:
        """The look from which it holds unbroken up to the last; or the first of several where it holds half of the time."""
        true = [holds(look) for look in self.looks]
        if true[-1]:
            return self.looks[len(true) - true[::-1].index(False) if False in true else 0]
        return self.looks[true.index(True)] if len(true) > 2 and 2 * sum(true) >= len(true) else None

    def since_in(self, layer: LayerVitals, holds: Callable[[LayerVitals], bool]) -> HealthLook | None:
        """The same of what is seen in one layer."""
        return self.since(lambda look: holds(look.vitals[layer.layer]))

    def of(self, layer: LayerVitals) -> list[LayerVitals]:
        """One layer at every look."""
        return [look.vitals[layer.layer] for look in self.looks]


def raised(kind: str, layers: Sequence[str], since: HealthLook, sentence: str, remedy: str, **evidence: float) -> Flag:
    """A warning, with its numbers by name."""
    return Flag(
        kind,
        tuple(layers),
        since.epoch,
        since.step,
        sentence,
        remedy,
        {name: float(value) for name, value in evidence.items()},
    )


def has_table(layer: LayerVitals) -> bool:
    """Whether it trains weights in a table, not only a bias or a scale for each unit."""
    return bool(layer.trains) and layer.table


def explained(found: Sequence[Flag]) -> bool:
    """Whether a layer was found through which nothing passes back, so that what lies before it cannot learn."""
    return any(flag.kind == "units_alike" or flag.evidence.get("dead", 0.0) > 0.9 for flag in found)
