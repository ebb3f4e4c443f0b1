"""How a training runs: whole epochs in one compiled call, or step by step. The choice is made here, and says why."""

from dataclasses import dataclass

_SNAPSHOT_BYTES = 32 << 20
_ORDER_BYTES = 16 << 20
_DEVICE_BYTES = 2 << 30
_MOST_EPOCHS = 64
_LONG_EPOCH = 2e9  # multiplications; about a tenth of a second on one core


@dataclass(frozen=True)
class Plan:
    """What was chosen.

    Args:
        by_epoch: whole epochs in one call, else one call a step.
        epochs_a_call: the most epochs one call runs.
        reason: why, in words; empty where there is nothing to say.
    """

    by_epoch: bool
    epochs_a_call: int
    reason: str = ""


def arithmetic(rows: int | None, batch_size: int | None, batches: int, epochs: int, updates: int | None = None) -> str:
    """Updates = epochs · ⌈rows / batch size⌉, in a sentence.

    Args:
        rows: the rows of an epoch, None where it is not known.
        batch_size: rows a batch, likewise.
        batches: how many batches an epoch has.
        epochs: how many epochs will be run.
        updates: how often the weights will move; once a batch by default.

    Example:
        >>> arithmetic(100_000, 100, 1_000, 4)
        '100,000 rows, batches of 100, 4 epochs: 1,000 batches an epoch, 4,000 updates'
    """
    given = f"{rows:,} row{'s' * (rows != 1)}, batches of {batch_size:,}, " if rows and batch_size else ""
    number = batches * epochs if updates is None else updates
    return (
        f"{given}{epochs:,} epoch{'s' * (epochs != 1)}: {batches:,} batch{'es' * (batches != 1)} an epoch, "
        f"{number:,} update{'s' * (number != 1)}"
    )


def choose(
    *,
    rows: int,
    data_bytes: int,
    state_bytes: int,
    parameters: int,
    streamed: bool,
    batch_hooks: bool,
    by_step: bool = False,
) -> Plan:
    """Choose how to run.

    Args:
        rows: rows in an epoch.
        data_bytes: the size of the training data.
        state_bytes: the size of weights and optimizer state.
        parameters: how many weights there are.
        streamed: whether the rows come from an iterator.
        batch_hooks: whether a callback wants to hear of every step.
        by_step: whether a layer is slow inside a compiled loop on this device.

    Example:
        >>> choose(rows=455, data_bytes=60_000, state_bytes=8_000, parameters=641, streamed=False, batch_hooks=False)
        Plan(by_epoch=True, epochs_a_call=64, reason='')
    """
    if streamed:
        return Plan(False, 1, "step by step: the rows come from an iterator")
    if batch_hooks:
        return Plan(
            False, 1, "step by step: a callback has hooks for single batches (slower; epoch hooks cost nothing)"
        )
    if by_step:
        return Plan(False, 1, "step by step: a convolution inside a compiled loop is slow on the CPU")
    if data_bytes > _DEVICE_BYTES:
        return Plan(False, 1, f"step by step: {data_bytes >> 20} MiB of data stay in the computer's memory")
    if 6.0 * parameters * rows > _LONG_EPOCH:
        return Plan(True, 1)
    room = min(_SNAPSHOT_BYTES // max(state_bytes, 1), _ORDER_BYTES // max(4 * rows, 1), _MOST_EPOCHS)
    return Plan(True, max(1, room))
