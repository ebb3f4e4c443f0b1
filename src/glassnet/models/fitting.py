"""What `fit` does: collect the rows, hold some out, check them, choose a way, and run the loop."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from glassnet import data
from glassnet.callbacks import CallbackList, History, progress_for
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import int_or_none, positive_int
from glassnet.models import evaluation, readiness
from glassnet.models.resuming import Resume, fingerprint, resume_from
from glassnet.training import plan, programs, ways
from glassnet.training.loop import Loop, current_rate
from glassnet.training.rows import Rows, collect
from glassnet.training.step import Batch, Recipe, TrainState, packed, unpacked
from glassnet.training.streams import Stream, is_stream, runs_out

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
        if int_or_none(self.initial_epoch) is None or self.initial_epoch < 0:
            raise ConfigError(
                f"fit expected `initial_epoch` to be a whole number of 0 or more. Received {self.initial_epoch!r}. Pass 0 for "
                f"the first epoch."
            )


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


def fit(
    model: Any,
    job: Job,
    source: Source,
    held_out: HeldOut,
    callbacks: Sequence[Any],
    verbose: Any,
    resume: Any = None,
) -> History:
    """Train `model`; see `Model.fit`."""
    job.check()
    history = History()
    progress = progress_for(verbose)
    # The numbers of an epoch are kept and shown after callbacks have had their say on them.
    listeners = CallbackList([*callbacks, history, *([progress] if progress is not None else [])])
    kept = resume_from(model, resume, callbacks)
    try:
        arrangement = _Arrangement(model, job, held_out, listeners, history, keeps=kept is not None)
        way, steps = arrangement.for_stream(source) if is_stream(source.x) else arrangement.for_arrays(source)
        first = job.initial_epoch
        if kept is not None:
            kept.restore(model, {**arrangement.told, "steps": steps})
            first = kept.first_epoch(job.epochs, first)
        params = {"verbose": verbose, "epochs": job.epochs, "steps": steps, "initial_epoch": first}
        listeners.start(model, params)
        _run(model, way, listeners, history, job, first, kept)
    finally:
        if kept is not None:
            kept.folder.close()
    return history


def _run(
    model: Any, way: ways.Way, listeners: CallbackList, history: History, job: Job, first: int, kept: Resume | None
) -> None:
    def keep(epoch: int) -> None:
        if kept is not None:
            kept.keep(loop, listeners, epoch, last=epoch == job.epochs)

    states = kept.found.callbacks if kept is not None and kept.found is not None else None
    loop = Loop(
        model, model.blueprint(), way, listeners, history, model.train_state(), job.validation_freq, keep, states
    )
    try:
        loop.run(first, job.epochs)
    except KeyboardInterrupt:
        if kept is not None:
            kept.say_interrupted()
        raise
    finally:
        model.keep_progress(loop.state)
    if kept is not None:
        kept.end()


def train_on_batch(model: Any, source: Source, return_dict: bool) -> Any:
    """One step on exactly these rows; see `Model.train_on_batch`."""
    rows = source.rows()
    recipe = readiness.ready(model, rows.x, rows.y)
    clock = ways.Clock()
    state = packed(recipe, jax.tree.map(np.array, model.train_state()))
    sums = clock.run(programs.start_program(recipe))
    rate = current_rate(model.optimizer)
    state, sums = clock.run(programs.step_program(recipe), state, sums, np.uint32(model.seed), rate, rows.as_batch())
    state = unpacked(recipe, state)
    model.blueprint().restore(model, state.params, state.rest)
    model.keep_progress(state)
    logs = ways.plain(recipe.objective, clock.run(programs.results_program(recipe), sums))
    return evaluation.as_returned(logs, return_dict)


@dataclass(frozen=True)
class _Arrangement:
    """How the rows reach the training step: all of them at hand, or batch by batch from an iterator."""

    model: Any
    job: Job
    held_out: HeldOut
    listeners: CallbackList
    history: History
    #: What decides how the training ends, besides the model: what a checkpoint must find again.
    told: dict[str, Any] = field(default_factory=dict)
    #: Whether a checkpoint is kept, so that the rows are worth a checksum.
    keeps: bool = False

    def for_arrays(self, source: Source) -> tuple[ways.Way, int]:
        """The way for rows at hand, and the steps of an epoch."""
        model, job = self.model, self.job
        rows, validation = self._parted(source.rows())
        recipe = readiness.ready(model, rows.x, rows.y)
        self._check_validation(recipe, validation)
        batch_size = min(job.batch_size or _BATCH, rows.count)
        steps = job.steps_per_epoch or -(-rows.count // batch_size)
        self.told.update({"batch_size": batch_size, "shuffle": job.shuffle})
        if self.keeps:
            self.told["training rows"] = fingerprint(rows)
        whole = readiness.whole_batches(model, recipe)
        chosen = self._plan(rows, validation)
        self.history.rows = rows.count
        if chosen.by_epoch and not (recipe.whole and validation is not None):
            way = ways.EpochWay(
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
            for start in range(0, min(rows.count, steps * batch_size), batch_size):
                part = order[start : start + batch_size]
                fill = 0 if whole else batch_size - len(part)
                yield rows.batch(np.concatenate([part, np.full(fill, -1, part.dtype)]))

        return self._step_way(recipe, batches, validation), steps

    def for_stream(self, source: Source) -> tuple[ways.Way, int]:
        """The way for an iterator, and the steps of an epoch (0 where that is not known)."""
        steps = self.job.steps_per_epoch
        self._check_stream(source)
        if self.keeps and runs_out(source.x):
            raise ConfigError(
                "resume expected rows that can be had again, so that the run ends as if never cut off; received a generator, "
                "which begins anew. Pass arrays, or an iterable that can start again."
            )
        stream = Stream(source.x, steps)
        recipe = readiness.ready(self.model, stream.first.x, stream.first.y)
        stream.pad = not readiness.whole_batches(self.model, recipe)
        validation = _given_rows(self.held_out)
        self._check_validation(recipe, validation)
        self._say("step by step: the rows come from an iterator")
        return self._step_way(recipe, stream.batches, validation), steps or 0

    def _plan(self, rows: Rows, validation: Any) -> plan.Plan:
        state = self.model.train_state()
        chosen = plan.choose(
            rows=rows.count,
            data_bytes=rows.bytes,
            state_bytes=sum(np.asarray(leaf).nbytes for leaf in jax.tree.leaves(state)),
            parameters=sum(leaf.size for leaf in state.params.values()),
            streamed=isinstance(validation, Stream) or self.job.steps_per_epoch is not None,
            batch_hooks=self.listeners.wants_batches(),
            by_step=readiness.prefers_steps(self.model),
        )
        self._say(chosen.reason)
        return chosen

    def _check_validation(self, recipe: Recipe, validation: Any) -> None:
        if isinstance(validation, Stream):
            validation.pad = not recipe.whole
        if isinstance(validation, Rows):
            self.model.check_inputs(validation.x)
            readiness.check_targets(recipe.objective, validation.y)

    def _check_stream(self, source: Source) -> None:
        if self.held_out.split:
            raise ConfigError(
                f"validation_split expected rows that can be counted; received an iterator and {self.held_out.split}. Pass "
                f"validation_data instead."
            )
        if source.y is not None:
            raise ConfigError(
                "Expected y=None with an iterator, whose batches hold the targets; received y. Yield (x, y)."
            )
        epochs = self.job.epochs - self.job.initial_epoch
        if runs_out(source.x) and self.job.steps_per_epoch is None and epochs > 1:
            raise ConfigError(
                f"Expected steps_per_epoch with a generator and {epochs} epochs; received none. Say how many batches make an "
                f"epoch, or pass an iterable that can start again."
            )

    def _step_way(self, recipe: Recipe, batches: Any, validation: Any) -> ways.StepWay:
        call, listens = self.listeners.call, self.listeners.wants_batches()

        def evaluate(state: TrainState) -> dict[str, float]:
            if validation is None:
                return {}
            size = self.job.validation_batch_size or self.job.batch_size
            return evaluation.numbers(recipe, state.params, state.rest, validation, size)

        def begin(number: int) -> None:
            call("on_batch_begin", number, {})
            call("on_train_batch_begin", number, {})

        def end(number: int, logs: dict[str, float], state: TrainState) -> tuple[TrainState, Any, bool]:
            shown = self._show(recipe, state)
            held = self.model.weights
            call("on_batch_end", number, logs)
            call("on_train_batch_end", number, logs)
            if any(now is not then for now, then in zip(self.model.weights, held, strict=True)):
                params, rest = recipe.blueprint.take_apart(self.model)
                state = packed(recipe, jax.tree.map(np.array, shown._replace(params=params, rest=rest)))
            return state, current_rate(self.model.optimizer), self.model.stop_training

        return ways.StepWay(
            recipe,
            batches,
            evaluate,
            seed=self.model.seed,
            on_batch_begin=begin if listens else None,
            on_batch_end=end if listens else None,
        )

    def _show(self, recipe: Recipe, state: TrainState) -> TrainState:
        """Put the weights of a step into the model, as copies: the next step reuses the memory of the state."""
        shown = jax.device_put(jax.tree.map(np.array, unpacked(recipe, state)))
        recipe.blueprint.restore(self.model, shown.params, shown.rest)
        return shown

    def _parted(self, rows: Rows) -> tuple[Rows, Any]:
        """The rows to train on, and those to validate on."""
        share = self.held_out.split
        if self.held_out.data is not None or not share:
            return rows, _given_rows(self.held_out)
        if not 0 < share < 1:
            raise ConfigError(
                f"validation_split expected a share between 0 and 1. Received {share!r}. Pass 0.2 for a fifth."
            )
        if self.job.shuffle:
            parts = data.stratified_validation_rows(_labels(rows.y, rows.count), share, self.model.seed)
            kept, chosen = parts.train, parts.validation
            self._say(parts.sentence())
        else:
            kept, chosen = np.split(np.arange(rows.count), [int(rows.count * (1 - share))])
        if not len(kept) or not len(chosen):
            raise ConfigError(
                f"validation_split expected to leave rows on both sides; received {share} of {rows.count} rows. Pass a "
                f"share that does, or validation_data."
            )
        return rows.take(kept), rows.take(chosen)

    def _say(self, sentence: str) -> None:
        if sentence:
            self.history.notes.append(sentence)


def _labels(y: Any, count: int) -> Any:
    """What to stratify on: the targets where there is one array of them, else nothing."""
    return y if isinstance(y, np.ndarray) else np.arange(count) + 0.5


def _given_rows(held_out: HeldOut) -> Any:
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
