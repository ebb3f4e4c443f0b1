"""What is known of the first number that was not finite: where it arose, and why."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class FirstBadNumber:
    """The first bad number of a training.

    Args:
        epoch: the epoch, from 1; None for a step of `train_on_batch`.
        step: the step in the epoch, from 1; None where it could not be run again. Of `train_on_batch`, the optimizer's step.
        layer: the layer's path, ``"the loss"`` or ``"the penalty"``; in an update the weight's path.
        direction: ``"forward"``, ``"backward"`` or ``"update"``.
        operation: what was computed, such as ``"exp"``.
        line: the line of the user's own code, where there is one.
        time_step: the step of the sequence, from 1, in a recurrence.
        rows: numbers of the rows each of which breaks the step alone; all of the batch's where none does.
        all_rows: whether those are all rows of the batch.
        cause: one word: ``"data"``, ``"learning_rate"``, ``"log_of_zero"`` ...
        why: the cause in words, with its evidence.
        remedy: what to do.
        kept: which weights the model has back.
        in_batch: whether rows are counted within the batch, since nothing else is known of them.
        held_out: whether it was met in the validation rows: `step` then counts their batches.

    Example:
        >>> finding = FirstBadNumber(1, 2, "dense", "forward", "exp", cause="overflow", why="exp(95) is beyond float32.")
        >>> print(finding.words.splitlines()[1])
        Where: epoch 1, step 2, layer 'dense', forward, exp.
    """

    epoch: int | None
    step: int | None = None
    layer: str = ""
    direction: str = ""
    operation: str = ""
    line: str = ""
    time_step: int | None = None
    rows: tuple[int, ...] = ()
    all_rows: bool = False
    cause: str = "unknown"
    why: str = ""
    remedy: str = ""
    kept: str = ""
    held_out: bool = False
    in_batch: bool = False

    @property
    def words(self) -> str:
        """What, where, why and what to do: a line each."""
        when = f"epoch {self.epoch}" if self.epoch is not None else f"step {self.step}"
        return "\n".join([f"Training diverged in {when}. {self.kept}".rstrip(), *self.lines])

    @property
    def lines(self) -> list[str]:
        """Where, why and what to do."""
        where = [f"epoch {self.epoch}"] if self.epoch is not None else []
        where += [f"{'validation batch' if self.held_out else 'step'} {self.step}"] if self.step is not None else []
        where += [self.layer if self.layer.startswith("the ") else f"layer {self.layer!r}"] if self.layer else []
        where += [f"time step {self.time_step}"] if self.time_step is not None else []
        where += [self.direction, self.operation] if self.operation else []
        where += [self.line] if self.line else []
        rows = f"; {self._rows()}" if self.rows else ""
        return [f"Where: {', '.join(where)}{rows}.", f"Why: {self.why}", f"What to do: {self.remedy}"]

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {**asdict(self), "rows": list(self.rows)}

    def _rows(self) -> str:
        if self.all_rows:
            return f"all {len(self.rows)} rows of the batch"
        shown = ", ".join(map(str, self.rows[:8]))
        more = f" and {len(self.rows) - 8} more" if len(self.rows) > 8 else ""
        of = " of the batch" if self.in_batch else ""
        return f"{'row' if len(self.rows) == 1 else 'rows'} {shown}{more}{of}"
