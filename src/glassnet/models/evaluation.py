"""What `evaluate` and `predict` do."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import numpy as np

from glassnet import data
from glassnet.callbacks import CallbackList
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.types import Weights
from glassnet.models import readiness
from glassnet.models.feeding import in_file_order
from glassnet.training import programs, ways
from glassnet.training.rows import Rows, arrays, collect, named_leaves
from glassnet.training.step import Batch, Recipe
from glassnet.training.streams import Stream, is_stream

_BATCH = 32
_SIZES = (1, 16, 128, 1024)
_LARGEST_BYTES = 64 << 20


def evaluate(
    model: Any,
    x: Any,
    y: Any,
    sample_weight: Any,
    batch_size: int | None,
    steps: int | None,
    callbacks: Any,
    return_dict: bool,
) -> Any:
    """Loss and metrics on given rows; see `Model.evaluate`."""
    listeners = CallbackList(callbacks)
    if data.is_mapped(x, y):
        x, y, sample_weight = in_file_order(x, y, sample_weight, _rows_at_once(x, max(_SIZES))), None, None
    if is_stream(x):
        rows: Any = Stream(x, steps, in_order=True)
        recipe = readiness.ready(model, rows.first.x, rows.first.y)
        rows.pad = not recipe.whole
        rows.check = partial(readiness.check_targets, recipe.objective)
    else:
        rows = collect(x, y, sample_weight)
        recipe = readiness.ready(model, rows.x, rows.y)
    count = rows.steps if isinstance(rows, Stream) else -(-rows.count // (batch_size or _BATCH))
    listeners.start(model, {"epochs": 1, "steps": count})
    listeners.call("on_test_begin", {})
    params, rest = model.arrays()
    logs = numbers(recipe, params, rest, rows, batch_size, listeners)
    listeners.call("on_test_end", logs)
    return as_returned(logs, return_dict)


def numbers(
    recipe: Recipe,
    params: Weights,
    rest: Weights,
    rows: Any,
    batch_size: int | None,
    listeners: CallbackList | None = None,
) -> dict[str, float]:
    """The numbers on `rows` (`Rows` or a `Stream`) with these weights.

    Args:
        recipe: what is computed.
        params: the weights that train.
        rest: the others.
        rows: the rows.
        batch_size: rows a step; it decides only where a loss belongs to a batch, or somebody listens to batches.
        listeners: who is told of each batch, if they want to be.
    """
    recipe, clock = Recipe(recipe.blueprint, recipe.objective, whole=recipe.whole), ways.Clock()
    told = listeners if listeners is not None and listeners.wants_test_batches() else None
    if isinstance(rows, Rows) and not recipe.whole and told is None:
        batches = rows.folded(min(rows.count, _rows_at_once(rows.x, max(_SIZES))))
        return ways.plain(recipe.objective, clock.run(programs.eval_program(recipe), params, rest, batches))
    sums, results = clock.run(programs.start_program(recipe)), programs.results_program(recipe)
    for number, batch in enumerate(cut(rows, batch_size)):
        if told is not None:
            told.call("on_test_batch_begin", number, {})
        sums = clock.run(programs.eval_step_program(recipe), params, rest, sums, batch)
        if told is not None:
            told.call("on_test_batch_end", number, ways.plain(recipe.objective, clock.run(results, sums)))
        elif number % ways.steps_in_flight(batch) == 0:
            jax.block_until_ready(sums)
    return ways.plain(recipe.objective, clock.run(results, sums))


def as_returned(logs: dict[str, float], return_dict: bool) -> Any:
    """Numbers as Keras returns them: a dict, or a list, or the loss alone when there is nothing else."""
    if return_dict:
        return logs
    values = list(logs.values())
    return values[0] if len(values) == 1 else values


def predict(model: Any, x: Any, batch_size: int | None, steps: int | None, callbacks: Any) -> Any:
    """Outputs for given rows; see `Model.predict`."""
    listeners = CallbackList(callbacks)
    listens = listeners.wants_predict_batches()
    batch_size = batch_size or (_BATCH if listens else None)
    if data.is_mapped(x):
        x = in_file_order(x, most=batch_size or _rows_at_once(x, max(_SIZES)))
    if is_stream(x):
        count, batches = None, (item[0] if isinstance(item, tuple) else item for item in _first(x, steps))
        computed = (partial(_outputs, model, _checked(model, batch), batch_size) for batch in batches)
    else:
        x = _checked(model, x)
        count = -(-_row_count(x) // batch_size) if batch_size else 1
        computed = _computed(model, x, batch_size)
    listeners.start(model, {"epochs": 1, "steps": count})
    listeners.call("on_predict_begin", {})
    outputs = []
    for number, compute in enumerate(computed):
        if listens:
            listeners.call("on_predict_batch_begin", number, {})
        outputs.append(compute())
        if listens:
            listeners.call("on_predict_batch_end", number, {"outputs": outputs[-1]})
    listeners.call("on_predict_end", {})
    if not outputs:
        raise DataError("predict expected at least one batch; received none. Check how the rows were selected.")
    return _joined(outputs)


def _checked(model: Any, x: Any) -> Any:
    """The rows as arrays that fit the model, which is built if it was not."""
    x = arrays(x, "x")
    _row_count(x)
    if not model.built:
        readiness.build_for(model, x)
    model.check_inputs(x)
    return x


def _computed(model: Any, x: Any, batch_size: int | None) -> Iterator[Callable[[], Any]]:
    """A function for each part of the rows that is computed at once, which computes it."""
    program, weights = programs.predict_program(model.blueprint()), model.arrays()
    rows, whole = _row_count(x), readiness.always_mixes_rows(model)
    most = batch_size or (rows if whole else _rows_at_once(x, max(_SIZES)))
    sizes = () if whole else (*(size for size in _SIZES if size < most), most)
    for start in range(0, rows, most):
        yield partial(_part, program, weights, x, slice(start, min(start + most, rows)), sizes)


def _outputs(model: Any, x: Any, batch_size: int | None) -> Any:
    return _joined([compute() for compute in _computed(model, x, batch_size)])


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else jax.tree.map(lambda *a: np.concatenate(a), *parts)


def _part(program: Any, weights: tuple[Weights, Weights], x: Any, rows: slice, sizes: tuple[int, ...]) -> Any:
    """The outputs for some of the rows, filled up to the next of a few sizes."""
    count = rows.stop - rows.start
    size = next((s for s in sizes if count <= s), count)

    def cut(a: Any) -> Any:
        part = a if count == len(a) else a[rows]
        return part if count == size else np.concatenate([part, np.zeros((size - count, *a.shape[1:]), a.dtype)])

    outputs = program(*weights, jax.tree.map(cut, x) if isinstance(x, dict | list) else cut(x))
    if isinstance(outputs, jax.Array):
        return np.asarray(outputs)[:count]
    return jax.tree.map(lambda a: np.asarray(a)[:count], outputs)


def _row_count(x: Any) -> int:
    leaves = [leaf for _, leaf in named_leaves(x)]
    if not leaves or leaves[0].ndim == 0:
        raise DataError(f"predict expected rows; received {x!r}. Pass an array of shape (rows, ...).")
    if not len(leaves[0]):
        raise DataError("predict expected at least one row; received none. Check how the rows were selected.")
    return len(leaves[0])


def _rows_at_once(x: Any, most: int) -> int:
    """As many rows as fit into some tens of megabytes, one of a few sizes."""
    x = list(x) if isinstance(x, tuple) else x
    row = sum(leaf.nbytes // max(len(leaf), 1) for _, leaf in named_leaves(x)) or 1
    fitting = [size for size in (*_SIZES[1:], 8192) if size <= most and size * row <= _LARGEST_BYTES]
    return max(fitting, default=1)


def cut(rows: Rows | Stream | None, batch_size: int | None) -> Iterator[Batch]:
    """The batches of rows in their order, or of a stream; none of None."""
    if isinstance(rows, Stream):
        yield from rows.batches(0)
    elif rows is not None:
        size = batch_size or 32
        for start in range(0, rows.count, size):
            yield rows.take(np.arange(start, min(start + size, rows.count))).as_batch()


def _first(source: Any, steps: int | None) -> Iterator[Any]:
    if steps is not None and steps < 1:
        raise ConfigError(f"predict expected `steps` of 1 or more. Received {steps}. Leave it out to take all batches.")
    # What is stored is predicted as it lies, whatever order it is trained in, so that outputs and rows go together.
    in_order = getattr(source, "in_order", None)
    if in_order is not None:
        items = in_order()
    else:
        items = iter(source) if hasattr(source, "__iter__") else (source[i] for i in range(len(source)))
    for index, item in enumerate(items):
        if steps is not None and index >= steps:
            return
        yield item
