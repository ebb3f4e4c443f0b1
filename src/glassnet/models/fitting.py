"""What `fit` does: arrange the rows, tell who listens, and run the loop; and a single step by hand."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from glassnet.callbacks import CallbackList, EarlyStopping, History, progress_for
from glassnet.models import automatic, evaluation, readiness
from glassnet.models.arranging import Arranged, Arrangement, Job
from glassnet.models.feeding import HeldOut, Source, feed_of
from glassnet.models.resuming import Resume, resume_from
from glassnet.training import programs, ways
from glassnet.training.loop import Loop, current_rate, diverged_on_batch
from glassnet.training.replay import BadStep
from glassnet.training.step import packed, unpacked
from glassnet.training.streams import is_stream


def fit(
    model: Any,
    job: Job,
    source: Source,
    held_out: HeldOut,
    callbacks: Any,
    verbose: Any,
    resume: Any = None,
) -> History:
    """Train `model`; see `Model.fit`."""
    job.check()
    callbacks = CallbackList(callbacks).callbacks
    history = History()
    progress = progress_for(verbose)
    # The numbers of an epoch are kept and shown after callbacks have had their say on them.
    listeners = CallbackList([*callbacks, history, *([progress] if progress is not None else [])])
    kept = resume_from(model, resume, callbacks)
    try:
        if automatic.is_automatic(model.optimizer) and kept is not None and kept.found is not None and kept.found.rate:
            model.optimizer.learning_rate = kept.found.rate
        feed = feed_of(source, held_out, job.batch_size, job.shuffle, model.seed, history.notes.append)
        source = feed.source
        arrangement = Arrangement(
            model, job, feed.held_out, listeners, history, keeps=kept is not None, batches=feed.batches
        )
        arranged = arrangement.for_stream(source) if is_stream(source.x) else arrangement.for_arrays(source)
        steps = arranged.steps
        first = job.initial_epoch
        if kept is not None:
            kept.restore(model, {**arrangement.told, "steps": steps})
            first = kept.first_epoch(job.epochs, first)
        history.arithmetic = arrangement.arithmetic(steps)
        if progress is not None and history.checked is not None:
            for finding in history.checked.warnings:
                progress.remark(f"check: {finding.heading}. {finding.fix}")
        params = {"verbose": verbose, "epochs": job.epochs, "steps": steps, "initial_epoch": first}
        params["validates"] = feed.held_out.data is not None or bool(feed.held_out.split)
        params["before"] = [sentence for sentence in (history.arithmetic, history.rate_note) if sentence]
        listeners.start(model, params)
        model.history = history
        _run(model, arranged, listeners, history, job, first, kept)
        history.restored_epoch = _restored(callbacks)
    finally:
        if kept is not None:
            kept.close()
    return history


def _restored(callbacks: Sequence[Any]) -> int | None:
    """The epoch, from 1, whose weights a callback put back at the end."""
    found = [c.best_epoch + 1 for c in callbacks if isinstance(c, EarlyStopping) and c.best_weights is not None]
    return found[-1] if found else None


def _run(
    model: Any,
    arranged: Arranged,
    listeners: CallbackList,
    history: History,
    job: Job,
    first: int,
    kept: Resume | None,
) -> None:
    def keep(epoch: int) -> None:
        if kept is not None:
            kept.keep(loop, listeners, epoch, last=epoch == job.epochs)

    states = kept.found.callbacks if kept is not None and kept.found is not None else None
    loop = Loop(
        model,
        model.blueprint(),
        arranged.way,
        listeners,
        history,
        model.train_state(),
        job.validation_freq,
        keep,
        states,
        arranged.validate,
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
    before = jax.tree.map(np.array, model.train_state())
    sums = clock.run(programs.start_program(recipe))
    rate, batch = current_rate(model.optimizer), rows.as_batch()
    # A copy: the step reuses the memory of the state it is given.
    args = (packed(recipe, jax.tree.map(np.array, before)), sums, np.uint32(model.seed), rate, batch)
    state, sums = clock.run(programs.step_program(recipe), *args)
    logs = ways.plain(recipe.objective, clock.run(programs.results_program(recipe), sums))
    finite = bool(programs.stays_finite(state.params, state.rest, before.rest))
    if not finite or not math.isfinite(logs["loss"]):
        number = int(before.step)
        step = BadStep(recipe, None, number, before, before, batch, None, model.seed, rate, (logs["loss"],), rate)
        raise diverged_on_batch(step)
    state = unpacked(recipe, state)
    model.blueprint().restore(model, state.params, state.rest)
    model.keep_progress(state)
    return evaluation.as_returned(logs, return_dict)
