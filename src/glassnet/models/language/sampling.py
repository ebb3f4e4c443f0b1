"""The choice of the next token from the model's logits."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from glassnet.foundation.types import Array


class Choice(NamedTuple):
    """How tokens are chosen; all of it traced numbers, so that other settings run the same program.

    `temperature` 0 takes the most likely token; `top_k` is at least 1, and `top_p` above 0 and at most 1.
    """

    temperature: Array
    top_k: Array
    top_p: Array


def choose(logits: Array, uniform: Array, choice: Choice) -> Array:
    """Tokens drawn from softmax(z / temperature), cut to the k most likely and then to a share p of what they hold.

    Args:
        logits: z, (B, V).
        uniform: numbers that are equally likely anywhere from 0 to 1, (B,): a token is drawn by where one falls.
        choice: how.

    Shapes:
        output (B,).
    """

    def ranked(logits: Array) -> Array:
        return jnp.argsort(-logits, axis=-1, stable=True)

    def as_they_are(logits: Array) -> Array:
        return jnp.broadcast_to(jnp.arange(logits.shape[-1]), logits.shape)

    def drawn() -> Array:
        # Sorting takes longer than all the rest, and without a limit any order will do.
        limited = (choice.top_k < logits.shape[-1]) | (choice.top_p < 1)
        order = lax.cond(limited, ranked, as_they_are, logits)
        z = jnp.take_along_axis(logits, order, -1) / jnp.maximum(choice.temperature, 1e-6)
        z = jnp.where(jnp.arange(z.shape[-1]) < choice.top_k, z, -jnp.inf)
        p = jax.nn.softmax(z, -1)
        before = jnp.cumsum(p, -1) - p  # the share of the more likely ones; the first is always kept
        kept = (before < choice.top_p) & (p > 0)
        reached = jnp.cumsum(jnp.where(kept, p, 0), -1)
        place = jnp.sum(reached <= uniform[:, None] * reached[:, -1:], -1)
        place = jnp.minimum(place, last_kept(kept))
        return jnp.take_along_axis(order, place[:, None], -1)[:, 0]

    return lax.cond(choice.temperature > 0, drawn, lambda: jnp.argmax(logits, -1))


def last_kept(kept: Array) -> Array:
    """The last True of each row: a number just below 1 may fall beyond it by rounding."""
    return kept.shape[-1] - 1 - jnp.argmax(kept[:, ::-1], -1)
