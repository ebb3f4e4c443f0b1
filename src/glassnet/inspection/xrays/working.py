"""A call's working: which form it takes, and for which number of its output."""

from functools import cached_property
from math import prod

import jax
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import HostArray
from glassnet.inspection.looking import LayerCall
from glassnet.inspection.xrays import dense, general, tabled, textbook
from glassnet.inspection.xrays.differences import Checker
from glassnet.inspection.xrays.lines import Line, Table, number, place
from glassnet.inspection.xrays.replaying import Replay, Slopes, before_activation


class Working:
    """The working of one number of a call's output; the slopes are computed when they are asked for.

    Args:
        call: what was seen.
        weights: all weights by path.
        replay: makes the call again.
        inner: the paths of layers called inside.
        checker: gives central differences; None where there is no loss.
        index: where the number is, the row of the batch first; the one the loss hangs on most where None.
    """

    def __init__(
        self,
        call: LayerCall,
        weights: dict[str, HostArray],
        replay: Replay,
        inner: frozenset[str],
        checker: Checker | None,
        index: tuple[int, ...] | None = None,
    ) -> None:
        self.call, self._weights, self._replay, self._inner = call, weights, replay, inner
        self._checker = checker
        self.output = next((np.asarray(leaf) for leaf in jax.tree.leaves(call.outputs) if _is_float(leaf)), None)
        self.chosen = index is not None
        self.index = index if index is not None else self._telling()

    def at(self, index: tuple[int, ...], row: int) -> "Working":
        """The same call's working for another number.

        Raises:
            ConfigError: there is no such number in the output.
        """
        rows, *sizes = (0,) if self.output is None else self.output.shape
        if len(index) != len(sizes) or any(not 0 <= i < n for i, n in zip(index, sizes, strict=False)):
            last = ", ".join(str(n - 1) for n in sizes)
            raise ConfigError(
                f"Expected a place in the output of {self.call.path!r}, whose shape without the batch is {tuple(sizes)}. "
                f"Received {index}. Pass {len(sizes)} whole numbers from 0 up to ({last})."
            )
        if not 0 <= row < rows:
            raise ConfigError(
                f"Expected `row` as one of the batch's {rows} rows, 0 to {rows - 1}. Received {row}. Leave it out for "
                f"the first."
            )
        return Working(self.call, self._weights, self._replay, self._inner, self._checker, (row, *index))

    @cached_property
    def slopes(self) -> Slopes | None:
        """The slopes of the call at this number."""
        if self.output is None or not self.output.size:
            return None
        return self._replay.slopes(self.call, self.index, self._inner)

    @cached_property
    def forward(self) -> tuple[Line, ...]:
        """From what goes in to what comes out."""
        if self.output is None:
            return ()
        if dense.is_dense(self.call):
            return tuple(dense.forward(self.call, self._weights, self._units, self.index[0]))
        special = textbook.worked(self.call, self._weights, self.index)
        if special or self.slopes is None:
            return tuple(special)
        return (*general.forward(self.slopes), *self._activated)

    @cached_property
    def backward(self) -> tuple[Line, ...]:
        """From the slope that arrives to those that leave."""
        if self.output is None or all(slope is None for slope in self.call.gradients):
            return ()
        if dense.is_dense(self.call):
            return tuple(dense.backward(self.call, self._weights, self._units, self.index[0]))
        if self.slopes is None:
            return ()
        return (*self._arriving, *general.backward(self.slopes), *self._checks(self.slopes))

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Numbers that belong side by side."""
        return () if self.output is None else tuple(tabled.tables(self.call, self.slopes, self.index))

    def _checks(self, slopes: Slopes) -> list[Line]:
        """The whole gradient where more than this call adds to it, and beside it what central differences say."""
        if self._checker is None:
            return []
        checker, found = self._checker, []
        for source in slopes.weights:
            name = f"dL/d{place(source.name.rsplit('/', 1)[-1], source.index)}"
            checked = checker.one(source.name, int(np.ravel_multi_index(source.index, np.shape(source.value))))
            here = float(source.leaving[source.index])
            if abs(checked.gradient - here) > 1e-5 * max(abs(here), abs(checked.gradient)):
                found.append(Line(f"{name} in all", "with penalties and the layer's other calls", checked.gradient))
            found.append(Line(f"{name} by differences", "(L(w + h) - L(w - h)) / 2h", checked.difference))
        return found

    @property
    def _units(self) -> list[int]:
        """A dense layer's units that are written out: the chosen one, all of a small layer, or the two the loss hangs on most."""
        if self.chosen:
            return [self.index[1]]
        count, z = np.shape(self.call.outputs)[1], self.call.named("pre_activation")[0]
        if count * np.shape(self.call.inputs[0])[-1] <= dense.SMALL:
            return list(range(count))
        size = np.asarray(z.value if z.gradient is None else z.gradient)[self.index[0]]
        return sorted(np.argsort(-np.abs(size), kind="stable")[: dense.SOME].tolist())

    @property
    def more_units(self) -> int:
        """How many units of a dense layer are not written out."""
        if self.output is None or self.chosen or not dense.is_dense(self.call):
            return 0
        return np.shape(self.call.outputs)[1] - len(self._units)

    @property
    def _activated(self) -> list[Line]:
        """a = f(z) after the sum of products."""
        if before_activation(self.call) is None or self.slopes is None:
            return []
        name = getattr(self.call.layer.activation, "__name__", "f")
        at = place("a", self.index[1:])
        return [Line(at, f"{name}({self.slopes.value:.5g})", float(np.asarray(self.call.outputs)[self.index]))]

    @property
    def _arriving(self) -> list[Line]:
        """What comes from above: dL/dy, and through the activation dL/dz."""
        slope, at, found = self.call.gradients[0], place("", self.index[1:]), []
        if self.slopes is None:
            return []
        if slope is not None:
            found.append(
                Line(f"dL/d{'y' if self.slopes.name == 'y' else 'a'}{at}", "arriving", float(slope[self.index]))
            )
        if self.slopes.name == "z":
            own = dense.slopes(self.call.layer.activation, before_activation(self.call).value)
            text = ""
            if own is not None and slope is not None:
                text = f"dL/da × da/dz = {number(slope[self.index])} × {number(own[self.index])}"
            found.append(Line(f"dL/dz{at}", text, float(self.slopes.arriving[self.index])))
        return found

    def _telling(self) -> tuple[int, ...]:
        """The number of the first row that the loss hangs on most, else the largest."""
        if self.output is None or not prod(self.output.shape):
            return ()
        slopes = self.call.gradients[0] if self.call.gradients else None
        size = np.abs(self.output[0] if slopes is None or not np.any(slopes[0]) else slopes[0])
        return (0, *(int(i) for i in np.unravel_index(int(np.argmax(size)), size.shape)))


def _is_float(value: object) -> bool:
    return isinstance(value, np.ndarray | np.generic | jax.Array) and np.issubdtype(
        np.asarray(value).dtype, np.floating
    )
