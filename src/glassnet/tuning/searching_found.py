"""What a search found: settings and how well they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glassnet.foundation.types import HostArray
from glassnet.tuning.words import number, table

_SHOWN = 10


@dataclass(frozen=True, eq=False)
class Trial:
    """One setting, and how well it did.

    Args:
        params: the arguments that the network was built with.
        scores: the monitored number of each seed at the end; infinite (the worse way) where a run broke.
        epochs: how long it was trained before it was dropped, or to the end.

    Example:
        >>> import numpy as np
        >>> Trial({"units": 4}, np.array([0.5, 0.7]), 20).score
        0.6
    """

    params: dict[str, Any]
    scores: HostArray
    epochs: int

    @property
    def score(self) -> float:
        """The mean over the seeds."""
        return float(self.scores.mean())


@dataclass(frozen=True, eq=False, repr=False)
class Search:
    """What `search` found; as text, a table of the best settings.

    Args:
        trials: the settings, the best first; those that were trained longer stand before those dropped earlier.
        monitor: the number that decided.
        model: the best setting's network: its best seed's as it was searched, or retrained on all rows.
        programs: into how many structures the networks fell, each of which was one program.
        seconds: how long it all took.

    Example:
        >>> import numpy as np
        >>> result = Search([Trial({"units": 4}, np.array([0.5]), 20)], "val_loss", None, 1, 0.5)
        >>> result.best_params
        {'units': 4}
    """

    trials: Sequence[Trial]
    monitor: str
    model: Any
    programs: int
    seconds: float

    @property
    def best_params(self) -> dict[str, Any]:
        """The arguments of the best setting."""
        return self.trials[0].params

    @property
    def best_score(self) -> float:
        """Its mean number; a little too good, since the best of several was chosen by it."""
        return self.trials[0].score

    def rows(self) -> list[dict[str, Any]]:
        """A row for each setting, the best first; ready for ``pandas.DataFrame``."""
        return [{**t.params, "epochs": t.epochs, self.monitor: t.score} for t in self.trials]

    def __repr__(self) -> str:
        names = list(self.best_params)
        rows = [
            [place + 1, *(_written(t.params[name]) for name in names), t.epochs, number(t.score)]
            for place, t in enumerate(self.trials[:_SHOWN])
        ]
        left = f"\nand {len(self.trials) - _SHOWN} more" if len(self.trials) > _SHOWN else ""
        told = f"Search: {len(self.trials)} settings in {self.programs} structures, {self.seconds:.1f} s"
        return f"{told}\n{table(['', *names, 'epochs', self.monitor], rows)}{left}"


def _written(value: Any) -> str:
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
