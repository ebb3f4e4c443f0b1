"""How the rows reach the training step: collected, parted, checked, and given to the way that suits them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np

from glassnet import data
from glassnet.callbacks import CallbackList, History
from glassnet.data.frames import column_names_of
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import int_or_none, positive_int
from glassnet.foundation.types import Weights
from glassnet.foundation.upward import upward
from glassnet.models import automatic, evaluation, readiness
from glassnet.models.feeding import HeldOut, Source, parted, validation_rows
from glassnet.models.remembered import remembered
from glassnet.models.resuming import fingerprint
from glassnet.training import checks, plan, ways
from glassnet.training.loop import current_rate
from glassnet.training.rows import Rows, chosen_weights, class_counts, weighted
from glassnet.training.step import Batch, Recipe, TrainState, packed, unpacked
from glassnet.training.streams import Stream, runs_out

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
    strict: bool = True

    @property
    def complain(self) -> checks.Complain:
        """What is done about a mistake: it stops the training, or it is said."""
        return checks.refuse if self.strict else checks.warn

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


class Arranged(NamedTuple):
    """How epochs are run, the steps of one (0 where that is not known), and who validates if not the way itself."""

    way: ways.Way
    steps: int
    validate: Callable[[Weights, Weights], dict[str, float]] | None = None


@dataclass(frozen=True)
class Arrangement:
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
    #: The batches that the rows at hand came from, which know the order of each epoch; None for plain arrays.
    batches: Any = None

    def for_arrays(self, source: Source) -> Arranged:
        """The way for rows at hand."""
        model, job = self.model, self.job
        everything = replace(source, class_weight=None).rows(job.complain)
        rows, validation, numbers, held_numbers = self._parted(everything)
        rows = self._weighted(rows, source.class_weight)
        self._settle_rate(rows)
        recipe = readiness.ready(model, everything.x, everything.y, job.complain)  # so that rows are named as given
        self._check_validation(recipe, validation)
        batch_size = min(getattr(self.batches, "batch_size", None) or job.batch_size or _BATCH, rows.count)
        steps = self._steps(rows.count, batch_size)
        order = partial(data.epoch_order, rows.count, model.seed, shuffle=job.shuffle)
        if self.batches is not None:
            order = self.batches.order
        self.told.update({"batch_size": batch_size, "shuffle": job.shuffle})
        if self.keeps:
            if self.batches is not None:
                self.told["batches"] = self.batches.identity()
            self.told["training rows"] = fingerprint(rows)
        whole = readiness.whole_batches(model, recipe)
        self.history.trained = remembered(model, rows, validation, batch_size)
        chosen = self._plan(rows, validation)
        self._glance(recipe, rows, validation, source)
        self.history.rows = rows.count
        validate = self._examiner(recipe, validation)
        if validate is not None:
            validation = None
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
                numbers=numbers,
                held_numbers=held_numbers,
                order=order,
            )
            return Arranged(way, steps, validate)

        def orders(epoch: int) -> Iterator[Any]:
            drawn = order(epoch)
            for start in range(0, min(rows.count, steps * batch_size), batch_size):
                part = drawn[start : start + batch_size]
                fill = 0 if whole else batch_size - len(part)
                yield np.concatenate([part, np.full(fill, -1, part.dtype)])

        def batches(epoch: int) -> Iterator[Batch]:
            return map(rows.batch, orders(epoch))

        def rows_of(epoch: int) -> Iterator[Any]:
            return (ways.numbered(part, numbers) for part in orders(epoch))

        way = self._step_way(recipe, batches, validation, rows_of, held_numbers=held_numbers)
        return Arranged(way, steps, validate)

    def for_stream(self, source: Source) -> Arranged:
        """The way for an iterator."""
        steps = self.job.steps_per_epoch
        self._check_epochs(source)
        if self.keeps and runs_out(source.x):
            raise ConfigError(
                "resume expected rows that can be had again, so that the run ends as if never cut off; received a generator, "
                "which begins anew. Pass arrays, or an iterable that can start again."
            )
        self._settle_rate(None)
        stream = Stream(source.x, steps, class_weight=source.class_weight)
        recipe = readiness.ready(self.model, stream.first.x, stream.first.y, self.job.complain)
        stream.pad = not readiness.whole_batches(self.model, recipe)
        stream.check, stream.say = partial(readiness.check_targets, recipe.objective), self._say
        self._say_weights(source.class_weight, stream.class_weight)
        validation = validation_rows(self.held_out, self.job.complain)
        self._check_validation(recipe, validation)
        self.history.first_rows = Rows(stream.first.x, stream.first.y, stream.first.weights)
        stored = isinstance(source.x, data.StoredBatches)
        if stored:
            self.history.rows = 0 if steps else source.x.n
            self.told.update({"batch_size": source.x.batch_size, "batches": source.x.identity()})
        self._say(f"step by step: the rows {'are read from files' if stored else 'come from an iterator'}")
        validate = self._examiner(recipe, validation)
        way = self._step_way(recipe, stream.batches, None if validate else validation, again=not stream.once)
        return Arranged(way, stream.steps, validate)

    def _steps(self, count: int, batch_size: int) -> int:
        """The steps of an epoch: as many as asked for, but no more than there are batches."""
        most, wanted = -(-count // batch_size), self.job.steps_per_epoch
        if wanted is not None and wanted > most:
            self._say(
                f"steps_per_epoch={wanted}, but {count} rows make {most} batches of {batch_size}: each epoch has {most} steps"
            )
        return min(wanted or most, most)

    def _weighted(self, rows: Rows, class_weight: Any) -> Rows:
        """The rows to train on, each weighed by its class where that was asked for; those to validate on stay as they are."""
        if class_weight is None:
            return rows
        weights = chosen_weights(class_weight, lambda: class_counts(rows))
        self._say_weights(class_weight, weights)
        return weighted(rows, weights)

    def _say_weights(self, class_weight: Any, chosen: dict[int, float] | None) -> None:
        if class_weight == "balanced" and chosen is not None:
            shown = ", ".join(f"class {label} counts {weight:.3g}" for label, weight in chosen.items())
            self._say(f"class_weight='balanced': {shown} times")

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
            readiness.check_targets(recipe.objective, validation.y, self.job.complain)

    def _glance(self, recipe: Recipe, rows: Rows, validation: Any, source: Source) -> None:
        """Look for what would mislead: an error stops the training, a warning becomes a note."""
        self.history.checked = upward("glance")(
            rows.x,
            rows.y,
            model=self.model,
            objective=recipe.objective,
            validation=(validation.x, validation.y) if isinstance(validation, Rows) else None,
            batch_size=self.job.batch_size or _BATCH,
            batch_given=self.job.batch_size is not None,
            columns=column_names_of(source.x),
            shuffle=self.job.shuffle,
            weighted=source.sample_weight is not None
            or source.class_weight is not None
            or isinstance(self.batches, data.BalancedBatches),
        )
        for finding in self.history.checked.errors:
            self.job.complain(finding.error())
        for finding in self.history.checked.warnings:
            self._say(f"{finding.heading}. {finding.sentence} {finding.fix}")

    def _check_epochs(self, source: Source) -> None:
        epochs = self.job.epochs - self.job.initial_epoch
        if runs_out(source.x) and self.job.steps_per_epoch is None and epochs > 1:
            raise ConfigError(
                f"Expected steps_per_epoch with a generator and {epochs} epochs; received none. Say how many batches make an "
                f"epoch, or pass an iterable that can start again."
            )

    def _step_way(
        self,
        recipe: Recipe,
        batches: Any,
        validation: Any,
        rows_of: Any = None,
        *,
        again: bool = True,
        held_numbers: Any = None,
    ) -> ways.StepWay:
        call, listens = self.listeners.call, self.listeners.wants_batches()

        def evaluate(state: TrainState) -> dict[str, float]:
            return {} if validation is None else self._numbers(recipe, validation, state.params, state.rest)

        def begin(number: int) -> None:
            call("on_train_batch_begin", number, {})

        def end(number: int, logs: dict[str, float], state: TrainState) -> tuple[TrainState, Any, bool]:
            shown = self._show(recipe, state)
            held = self.model.weights
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
            rows_of=rows_of,
            again=again,
            held_out=partial(evaluation.cut, validation, self.job.validation_batch_size or self.job.batch_size),
            held_numbers=held_numbers,
        )

    def _examiner(self, recipe: Recipe, validation: Any) -> Callable[[Weights, Weights], dict[str, float]] | None:
        """Who validates where callbacks have hooks around it; None where nobody has, or nothing is there to validate on."""
        if validation is None or not self.listeners.wants_tests():
            return None
        if self.listeners.wants_test_batches():
            self._say("validation batch by batch: a callback has hooks for its single batches")
        return partial(self._numbers, recipe, validation)

    def _numbers(self, recipe: Recipe, validation: Any, params: Weights, rest: Weights) -> dict[str, float]:
        size = self.job.validation_batch_size or self.job.batch_size
        return evaluation.numbers(recipe, params, rest, validation, size, self.listeners)

    def _show(self, recipe: Recipe, state: TrainState) -> TrainState:
        """Put the weights of a step into the model, as copies: the next step reuses the memory of the state."""
        shown = jax.device_put(jax.tree.map(np.array, unpacked(recipe, state)))
        recipe.blueprint.restore(self.model, shown.params, shown.rest)
        self.model.keep_progress(shown)
        return shown

    def _parted(self, rows: Rows) -> tuple[Rows, Any, Any, Any]:
        """The rows to train on, those to validate on, and which numbers each have where some were set aside."""
        share = self.held_out.split
        if self.held_out.data is not None or not share:
            return rows, validation_rows(self.held_out, self.job.complain), None, None
        kept, chosen = parted(rows.count, rows.y, share, self.job.shuffle, self.model.seed, self._say)
        return rows.take(kept), rows.take(chosen), np.asarray(kept), np.asarray(chosen)

    def arithmetic(self, steps: int) -> str:
        """Rows, batches and updates in a sentence; empty where an iterator decides how many batches there are."""
        if not steps:
            return ""
        epochs = max(0, self.job.epochs - self.job.initial_epoch)
        updates = steps * epochs // (getattr(self.model.optimizer, "gradient_accumulation_steps", None) or 1)
        return plan.arithmetic(self.history.rows or None, self.told.get("batch_size"), steps, epochs, updates)

    def _settle_rate(self, rows: Rows | None) -> None:
        """Find a learning rate on the rows to train on, where the optimizer is to have one found."""
        if automatic.is_automatic(self.model.optimizer):
            epochs = max(1, self.job.epochs - self.job.initial_epoch)
            automatic.settle_rate(self.model, rows, epochs, self.job.batch_size or _BATCH, self.history)

    def _say(self, sentence: str) -> None:
        if sentence:
            self.history.notes.append(sentence)
