"""Whether probabilities mean what they say."""

from typing import Any

import numpy as np

from glassnet.foundation.errors import DataError
from glassnet.foundation.readable import numbers
from glassnet.plots.marks import Axis, Bars, Line, Panel, Pieces, Points
from glassnet.plots.picture import Picture, picture
from glassnet.plots.tradeoffs import share_interval

_TICKS = (0, 0.25, 0.5, 0.75, 1)


def calibration(truth: Any, probabilities: Any, *, bins: int = 10, title: str = "Calibration") -> Picture:
    """The share of yes among rows that were given about the same probability, over that probability; counts under it.

    ECE = Σ_b n_b/n · |share of yes_b − mean probability_b|. Each point has Wilson's 95 % interval: where that reaches the
    dashed line, the bin is no evidence against the model.

    Args:
        truth: 1 for yes and 0 for no, n of them.
        probabilities: of a yes, 0 to 1, n of them.
        bins: how many equal parts 0 to 1 is cut into, 2 or more.
        title: a few words above.

    Returns:
        A picture with the numbers ``mean_probability``, ``share``, ``low``, ``high`` and ``count`` by bin that is not
        empty, and ``ece``.

    Raises:
        DataError: lengths that differ, or numbers outside of 0 to 1.

    Example:
        >>> calibration([0, 1, 1, 1], [0.2, 0.2, 0.9, 0.9], bins=2).numbers["share"].tolist()
        [0.5, 1.0]

    Reference:
        M. H. DeGroot & S. E. Fienberg (1983), The comparison and evaluation of forecasters.
    """
    yes, given = _checked(truth, probabilities)
    place = np.minimum((given * bins).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins)
    kept = counts > 0
    count = counts[kept]
    mean = np.bincount(place, given, bins)[kept] / count
    share = np.bincount(place, yes, bins)[kept] / count
    low, high = share_interval(share, count)
    ece = float(np.sum(count * np.abs(share - mean)) / len(yes))
    ends = np.stack([mean, low, mean, high], axis=1)
    upper = Panel(
        [
            Line([0, 1], [0, 1], "as often as said", "muted", "2 3", 1.5),
            Pieces(ends, colour="ink", wide=1.5),
            Line(mean, share, f"observed, ECE {ece:.3f}"),
            Points(mean, share, size=4),
        ],
        x=Axis(low=0, high=1, exact=True, ticks=_TICKS, labels=[f"{t:g}" for t in _TICKS]),
        y=Axis("share of yes", low=0, high=1, exact=True, ticks=_TICKS, labels=[f"{t:g}" for t in _TICKS]),
        height=2.6,
    )
    middles = (np.arange(bins) + 0.5) / bins
    lower = Panel(
        [Bars(middles, counts, 0.92 / bins, colour="muted")],
        x=Axis("predicted probability", low=0, high=1, exact=True, ticks=_TICKS, labels=[f"{t:g}" for t in _TICKS]),
        y=Axis("rows", low=0),
    )
    told = f"The expected calibration error is {ece:.3f} over {len(yes)} rows in {bins} bins."
    found = {"mean_probability": mean, "share": share, "low": low, "high": high, "count": count, "ece": ece}
    return picture(title, [upper, lower], found, description=told, height=440)


def _checked(truth: Any, probabilities: Any) -> tuple[np.ndarray, np.ndarray]:
    yes, given = numbers(truth), numbers(probabilities)
    if len(yes) != len(given) or not len(yes):
        raise DataError(
            f"Expected one probability for each row. Received {len(yes)} rows and {len(given)} probabilities. Pass those of "
            f"one class: probabilities[:, 1]."
        )
    outside = np.flatnonzero(~((given >= 0) & (given <= 1)) | ~np.isin(yes, (0.0, 1.0)))
    if len(outside):
        row = int(outside[0])
        raise DataError(
            f"Expected true values of 0 or 1 and probabilities from 0 to 1. Received {yes[row]:g} and {given[row]:g} in row "
            f"{row}. Put logits through a sigmoid first."
        )
    return yes, given
