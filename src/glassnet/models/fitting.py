"""What `fit` does: collect the rows, hold some out, check them, choose a way, and run the loop."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from glassnet import data
from glassnet.callbacks import CallbackList, History, progress_for
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer
from glassnet.foundation.shapes import positive_int
from glassnet.models import evaluation
from glassnet.training import checks, objective, plan, programs, ways
from glassnet.training.loop import Loop, current_rate
from glassnet.training.outline import outline
from glassnet.training.rows import Rows, collect
from glassnet.training.step import Batch, Recipe, TrainState
from glassnet.training.streams import Stream, is_stream

_BATCH = 32
_HELD_OUT_BATCH = 1024


@dataclass(frozen=True)
class Job:
    """How long and in which pieces to train."""

    epochs: int = 1
    initial_epoch: int = 0
    batch_size: int | None = None
    shuffle: bool = True
    steps_per_epoch: int | None = None
    validation_batch_size: int | None = None
    validation_freq: int = 1

    def check(self) -> None:
        """Raise a ConfigError for sizes that are not whole numbers above 0."""
        for name in ("batch_size", "steps_per_epoch", "validation_batch_size", "validation_freq"):
            if getattr(self, name) is not None:
                positive_int(name, getattr(self, name), owner="fit")
        positive_int("epochs", self.epochs, owner="fit")


@dataclass(frozen=True)
class Source:
    """What to train on, as the user gave it."""

    x: Any
    y: Any
    sample_weight: Any = None
    class_weight: dict[int, float] | None = None

    def rows(self) -> Rows:
        """The rows, checked."""
        return collect(self.x, self.y, self.sample_weight, self.class_weight)


@dataclass(frozen=True)
class HeldOut:
    """What to validate on, as the user gave it."""

    split: float = 0.0
    data: Any = None
    steps: int | None = None


def fit(model: Any, job: Job, source: Source, held_out: HeldOut, callbacks: Sequence[Any], verbose: Any) -> History:
    """Train `model`; see `Model.fit`."""
    job.check()
    history = History()
    progress = progress_for(verbose)
    listeners = CallbackList([history, *([progress] if progress is not None else []), *callbacks])
    prepare = _from_stream if is_stream(source.x) else _from_arrays
    way, steps = prepare(model, job, source, held_out, listeners, history)
    listeners.start(
        model,
        {"verbose": verbose, "epochs": job.epochs, "steps": steps, "initial_epoch": job.initial_epoch},
    )
    loop = Loop(model, model.blueprint(), way, listeners, history, model.train_state(), job.validation_freq)
    try:
        loop.run(job.initial_epoch, job.epochs)
    finally:
        model.keep_progress(loop.state)
    return history


def train_on_batch(model: Any, source: Source, return_dict: bool) -> Any:
    """One step on exactly these rows; see `Model.train_on_batch`."""
    rows = source.rows()
    recipe = ready(model, rows.x, rows.y)
    state = jax.tree.map(np.array, model.train_state())
    sums = programs.start_program(recipe).compiled_for()[0]()
    args = (state, sums, np.uint32(model.seed), current_rate(model.optimizer), rows.as_batch())
    state, sums = programs.step_program(recipe).compiled_for(*args)[0](*args)
    model.blueprint().restore(model, state.params, state.rest)
    model.keep_progress(state)
    logs = ways.plain(recipe.objective, programs.results_program(recipe).compiled_for(sums)[0](sums))
    return evaluation.as_returned(logs, return_dict)


def ready(model: Any, x: Any, y: Any) -> Recipe:
    """Build the model for rows like these, check targets and outputs against the loss, and give the recipe to compile.

    Raises:
        ConfigError: the model is not compiled, or the loss and the last layer do not fit each other.
        DataError: targets that the loss cannot work with.
    """
    given = model._compiled
    if given is None:
        raise ConfigError(
            "Expected a compiled model; received one without optimizer and loss. Call model.compile('adam', loss=...) first."
        )
    build_for(model, x)
    evaluation.check_input(model, x)
    blueprint = model.blueprint()
    seen = outline(model, blueprint, x)
    if given.loss is not None and y is None:
        raise ConfigError(
            "Expected targets, since the model has a loss; received y=None. Pass y, or x itself to reconstruct."
        )
    target_shape = (None, *np.shape(y)[1:]) if y is not None else (None,)
    resolved = objective.resolve(given.loss, given.metrics, given.weighted_metrics, target_shape, seen.output_shape)
    if resolved.loss is not None:
        checks.check_link(
            resolved.loss, seen.link, seen.output_shape, final_activation=evaluation.final_activation(model)
        )
        checks.check_targets(resolved.loss, y, seen.output_shape)
    return Recipe(blueprint, resolved, model.optimizer.without_rate())


def build_for(model: Layer, x: Any) -> None:
    """Give the model its weights for inputs like `x`, if it has none yet."""
    if not model.built:
        model.build_all(jax.tree.map(lambda a: (None, *a.shape[1:]), x))


def _from_arrays(
    model: Any, job: Job, source: Source, held_out: HeldOut, listeners: CallbackList, history: History
) -> tuple[ways.Way, int]:
    rows = source.rows()
    rows, validation = _hold_out(model, rows, job, held_out, history)
    recipe = ready(model, rows.x, rows.y)
    batch_size = min(job.batch_size or _BATCH, rows.count)
    state = model.train_state()
    chosen = plan.choose(
        rows=rows.count,
        data_bytes=rows.bytes,
        state_bytes=sum(np.asarray(leaf).nbytes for leaf in jax.tree.leaves(state)),
        parameters=sum(leaf.size for leaf in state.params.values()),
        streamed=isinstance(validation, Stream) or job.steps_per_epoch is not None,
        batch_hooks=listeners.wants_batches(),
    )
    _say(history, chosen.reason)
    history.rows = rows.count
    whole = whole_batches(model, recipe)
    steps = -(-rows.count // batch_size)
    if chosen.by_epoch and not (whole and isinstance(validation, Rows)):
        way: ways.Way = ways.EpochWay(
            recipe,
            rows,
            None if validation is None else validation.folded(min(_HELD_OUT_BATCH, validation.count)),
            batch_size=batch_size,
            shuffle=job.shuffle,
            seed=model.seed,
            room=chosen.epochs_a_call,
            whole_batches=whole,
        )
        return way, steps

    def batches(epoch: int) -> Iterator[Batch]:
        order = data.epoch_order(rows.count, model.seed, epoch, job.shuffle)
        for start in range(0, min(rows.count, (job.steps_per_epoch or steps) * batch_size), batch_size):
            part = order[start : start + batch_size]
            fill = 0 if whole else batch_size - len(part)
            yield rows.batch(np.concatenate([part, np.full(fill, -1, part.dtype)]))

    return _step_way(model, recipe, batches, validation, job, listeners), job.steps_per_epoch or steps


def _from_stream(
    model: Any, job: Job, source: Source, held_out: HeldOut, listeners: CallbackList, history: History
) -> tuple[ways.Way, int]:
    if held_out.split:
        raise ConfigError(
            f"validation_split expected rows that can be counted; received an iterator and {held_out.split}. Pass "
            f"validation_data instead."
        )
    if source.y is not None:
        raise ConfigError("Expected y=None with an iterator, whose batches hold the targets; received y. Yield (x, y).")
    endless = hasattr(source.x, "__next__") and job.steps_per_epoch is None and job.epochs - job.initial_epoch > 1
    if endless:
        raise ConfigError(
            f"Expected steps_per_epoch with a generator and {job.epochs} epochs; received none. Say how many batches make an "
            f"epoch, or pass an iterable that can start again."
        )
    stream = Stream(source.x, job.steps_per_epoch)
    first = stream.first
    recipe = ready(model, first.x, first.y)
    stream.pad = not whole_batches(model, recipe)
    validation = _given_rows(held_out, job)
    _say(
        history, plan.choose(rows=0, data_bytes=0, state_bytes=0, parameters=0, streamed=True, batch_hooks=False).reason
    )
    return _step_way(model, recipe, stream.batches, validation, job, listeners), job.steps_per_epoch or 0


def _step_way(
    model: Any, recipe: Recipe, batches: Any, validation: Any, job: Job, listeners: CallbackList
) -> ways.StepWay:
    def evaluate(state: TrainState) -> dict[str, float]:
        if validation is None:
            return {}
        size = job.validation_batch_size or job.batch_size
        return evaluation.numbers(model, recipe, state.params, state.rest, validation, size)

    listens = listeners.wants_batches()

    def begin(number: int) -> None:
        listeners.call("on_batch_begin", number, {})
        listeners.call("on_train_batch_begin", number, {})

    def end(number: int, logs: dict[str, float]) -> None:
        listeners.call("on_batch_end", number, logs)
        listeners.call("on_train_batch_end", number, logs)

    return ways.StepWay(
        recipe,
        batches,
        evaluate,
        seed=model.seed,
        on_batch_begin=begin if listens else None,
        on_batch_end=end if listens else None,
    )


def _hold_out(model: Any, rows: Rows, job: Job, held_out: HeldOut, history: History) -> tuple[Rows, Any]:
    if held_out.data is not None:
        return rows, _given_rows(held_out, job)
    if not held_out.split:
        return rows, None
    if not 0 < held_out.split < 1:
        raise ConfigError(
            f"validation_split expected a share between 0 and 1. Received {held_out.split!r}. Pass 0.2 for a fifth."
        )
    if job.shuffle:
        parts = data.stratified_validation_rows(_labels(rows.y, rows.count), held_out.split, model.seed)
        kept, chosen = parts.train, parts.validation
        _say(history, parts.sentence())
    else:
        kept, chosen = np.split(np.arange(rows.count), [int(rows.count * (1 - held_out.split))])
    if not len(kept) or not len(chosen):
        raise ConfigError(
            f"validation_split expected to leave rows on both sides; received {held_out.split} of {rows.count} rows. Pass a "
            f"share that does, or validation_data."
        )
    return rows.take(kept), rows.take(chosen)


def _labels(y: Any, count: int) -> Any:
    """What to stratify on: the targets where there is one array of them, else nothing."""
    return y if isinstance(y, np.ndarray) else np.arange(count) + 0.5


def _given_rows(held_out: HeldOut, job: Job) -> Any:
    given = held_out.data
    if given is None:
        return None
    if is_stream(given):
        return Stream(given, held_out.steps, what="validation_data")
    if not isinstance(given, tuple | list) or len(given) not in (2, 3):
        raise ConfigError(
            f"validation_data expected (x, y) or (x, y, sample_weight); received {type(given).__name__}. Pass a tuple."
        )
    return collect(*given)


def whole_batches(model: Layer, recipe: Recipe) -> bool:
    """Whether rows must not be padded: a layer mixes the rows of a batch, or the loss is one number for a whole batch."""
    return any(layer.mixes_rows for layer in model.walk()) or recipe.objective.mixes_rows


def _say(history: History, reason: str) -> None:
    if reason:
        history.notes.append(reason)
