"""What a comparison of optimizers allows to say: which end lower than others beyond the luck of the seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.tuning.intervals import t_interval
from glassnet.tuning.words import listed, number

FALLS_SHORT = float("inf")


@dataclass(frozen=True, eq=False, repr=False)
class Race:
    """One optimizer at one learning rate, run from several seeds.

    Args:
        optimizer: its name.
        rate: its learning rate.
        losses: the validation loss after each epoch, (seeds, epochs); NaN from where a run broke.
        seconds: its runs' share of the time that their program took, compiling left out.

    Example:
        >>> import numpy as np
        >>> race = Race("sgd", 0.1, np.array([[0.9, 0.5], [0.9, 0.7]]), 0.01)
        >>> race.mean, round(race.spread, 3), race.broken, race.epochs_to(0.65)
        (0.6, 0.141, 0, 2)
        >>> race
        sgd (0.1): validation loss 0.6, sd 0.141, after 2 epochs of 2 seeds
    """

    optimizer: str
    rate: float
    losses: HostArray
    seconds: float

    @property
    def ends(self) -> HostArray:
        """Each seed's last validation loss; infinite where the run broke."""
        last = self.losses[:, -1]
        return np.where(np.isfinite(last), last, FALLS_SHORT)

    @property
    def mean(self) -> float:
        """The mean over the seeds of the last validation loss."""
        return float(self.ends.mean())

    @property
    def spread(self) -> float:
        """The standard deviation over the seeds of the last validation loss; NaN where there is no such number."""
        return float(self.ends.std(ddof=1)) if len(self.ends) > 1 and not self.broken else float("nan")

    @property
    def broken(self) -> int:
        """How many seeds ended with numbers that are not finite."""
        return int(np.isinf(self.ends).sum())

    @property
    def name(self) -> str:
        """Optimizer and rate: ``"adam (0.01)"``."""
        return f"{self.optimizer} ({number(self.rate)})"

    def __repr__(self) -> str:
        seeds, epochs = self.losses.shape
        spread = f", sd {number(self.spread)}," if np.isfinite(self.spread) else ""
        end = f"broke in {self.broken}" if self.broken else f"validation loss {number(self.mean)}{spread}"
        return f"{self.name}: {end} after {epochs} epoch{'s' * (epochs != 1)} of {seeds} seed{'s' * (seeds != 1)}"

    def epochs_to(self, level: float) -> int | None:
        """The first epoch at whose end the mean over the seeds is at or under `level`; None where it never is."""
        under = np.flatnonzero(self.losses.mean(axis=0) <= level)
        return int(under[0]) + 1 if len(under) else None


def best_of_each(races: Sequence[Race]) -> list[Race]:
    """For each optimizer its race with the lowest mean, the lowest of all first."""
    best: dict[str, Race] = {}
    for race in sorted(races, key=lambda race: race.mean):
        best.setdefault(race.optimizer, race)
    return list(best.values())


def level_for(races: Sequence[Race]) -> float:
    """The level to reach unless one is given: the lowest mean, and a tenth of its size above it."""
    least = min(race.mean for race in races)
    return least + 0.1 * abs(least)


def verdict(races: Sequence[Race]) -> str:
    """What the bands allow to say about the optimizers, each at its best rate, in a sentence or two.

    The best is compared with each other one by the mean difference over the seeds, which start from the same weights: it is
    beyond the spread when its t-interval, at 95 % for all comparisons together (Bonferroni), leaves 0 out.

    Args:
        races: one for each optimizer.

    Returns:
        The sentence.

    Example:
        >>> import numpy as np
        >>> def race(name, *ends):
        ...     return Race(name, 0.1, np.array(ends)[:, None], 0.0)
        >>> print(verdict([race("adam", 0.20, 0.21, 0.22), race("sgd", 0.40, 0.43, 0.41), race("nadam", 0.22, 0.20, 0.21)]))
        adam (0.1) and nadam (0.1) do not differ beyond the seeds' spread; adam (0.1) ends lower than sgd (0.1).

    Reference:
        J. Demšar, "Statistical Comparisons of Classifiers over Multiple Data Sets", JMLR 7, 2006.
    """
    ranked = best_of_each(races)
    best, others = ranked[0], ranked[1:]
    if not np.isfinite(best.mean):
        return "Every optimizer broke in at least one run: try lower learning rates."
    if not others:
        return f"{best.name} ran alone, with a last validation loss of {number(best.mean)}."
    if len(best.ends) < 2:
        return f"{best.name} ends lowest, but from one seed it cannot be said whether that is luck: run several."
    level = 1 - 0.05 / len(others)
    gone = [race for race in others if race.broken]
    lower, alike = [], []
    for race in others:
        if not race.broken:
            found = t_interval(race.ends - best.ends, level)
            (lower if found.low > 0 else alike).append(race)
    parts = []
    if alike:
        parts.append(f"{listed([best.name, *(race.name for race in alike)])} do not differ beyond the seeds' spread")
    if lower:
        parts.append(f"{best.name} ends lower than {listed([race.name for race in lower])}")
    if gone:
        parts.append(f"{listed([race.name for race in gone])} broke in at least one run")
    return "; ".join(parts) + "."


def at_the_edge(races: Sequence[Race]) -> str:
    """A sentence about the optimizers whose best rate is the highest or lowest that was tried, or nothing.

    Example:
        >>> import numpy as np
        >>> races = [Race("sgd", rate, np.array([[1 - rate]]), 0.0) for rate in (0.01, 0.1)]
        >>> at_the_edge(races)
        ' The best rate is the highest tried for sgd: a higher one may do better.'
    """
    said = ""
    for which, beyond, end in (("highest", "higher", max), ("lowest", "lower", min)):
        names = []
        for best in best_of_each(races):
            rates = {race.rate for race in races if race.optimizer == best.optimizer}
            if len(rates) > 1 and best.rate == end(rates):
                names.append(best.optimizer)
        if names:
            said += f" The best rate is the {which} tried for {listed(names)}: a {beyond} one may do better."
    return said
