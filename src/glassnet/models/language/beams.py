"""Beam search: translations that are written side by side, the best of which go on."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from glassnet.foundation import context
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.types import Array, HostArray, Weights
from glassnet.layers import TransformerDecoder
from glassnet.models.language.decoding import Kept, advance, embedded, look_across, nothing, rows_up, seen_by

_ROWS_AT_ONCE = 64
_PADDING = 0


class Hypotheses(NamedTuple):
    """K translations of each of B texts, as far as they are written.

    `texts` (B, K, T + 1) begin with the start; `totals` are their log-probabilities, `counts` their tokens without the
    start, and `ended` says which have come to their end, each (B, K). `kept` is what attention keeps of them.
    """

    at: Array
    texts: Array
    totals: Array
    counts: Array
    ended: Array
    kept: list[Kept]


def search(
    model: Any, source: HostArray, beam: int, penalty: float, start: int, end: int
) -> tuple[HostArray, HostArray]:
    """The best `beam` translations of each text (B, S) and their scores, best first."""
    program, (params, rest) = search_program(model.blueprint(), beam), model.arrays()
    found = []
    for first in range(0, len(source), _ROWS_AT_ONCE):
        rows = source[first : first + _ROWS_AT_ONCE]
        filled = np.full((rows_up(len(rows)), model.source_length), _PADDING, np.int32)
        filled[: len(rows), : rows.shape[1]] = rows
        texts, scores = program(params, rest, filled, np.float32(penalty), np.int32(start), np.int32(end))
        found.append((np.asarray(texts)[: len(rows)], np.asarray(scores)[: len(rows)]))
    texts, scores = zip(*found, strict=True)
    return np.concatenate(texts), np.concatenate(scores)


@lru_cache(maxsize=32)
def search_program(
    blueprint: Blueprint, beam: int
) -> Callable[[Weights, Weights, Any, Any, Any, Any], tuple[Array, Array]]:
    """(params, rest, source, penalty, start, end) -> translations (B, K, T) and scores (B, K)."""

    def run(
        params: Weights, rest: Weights, source: Array, penalty: Array, start: Array, end: Array
    ) -> tuple[Array, Array]:
        with context.entered(context.Call(training=False)):
            return _searched(blueprint.assemble(params, rest), source, beam, penalty, start, end)

    return jax.jit(run)


def _searched(model: Any, source: Array, beam: int, penalty: Array, start: Array, end: Array) -> tuple[Array, Array]:
    real = source != _PADDING  # (B, S)
    encoded = model.encode(source)
    read = {block.name: seen_by(block.cross_attention, encoded) for block in model.decoder}

    def across(block: TransformerDecoder, x: Array) -> Array:
        if block.cross_attention is None:
            return x
        return look_across(block.cross_attention, x, read[block.name], real)

    def more(state: Hypotheses) -> Array:
        return (state.at < model.target_length) & ~jnp.all(state.ended)

    def step(state: Hypotheses) -> Hypotheses:
        last = lax.dynamic_index_in_dim(state.texts, state.at, 2, keepdims=False)  # (B, K)
        h = embedded(model.target_embedding, last.reshape(-1, 1), state.at)
        h, kept = advance(model.decoder, h, state.kept, state.at, across)
        logits = model.logits(h).reshape(*last.shape, -1)  # (B, K, V)
        return _extended(state._replace(kept=kept), jax.nn.log_softmax(logits), penalty, end)

    state = lax.while_loop(more, step, _begun(model, real, beam, start))
    return state.texts[:, :, 1:], state.totals / _divisor(state.counts, penalty)


def _begun(model: Any, real: Array, beam: int, start: Array) -> Hypotheses:
    """One hypothesis a text, the rest being impossible until there are more. An empty text's translation has ended."""
    shape = (len(real), beam)
    texts = jnp.full((*shape, model.target_length + 1), _PADDING, jnp.int32).at[:, :, 0].set(start)
    totals = jnp.broadcast_to(jnp.where(jnp.arange(beam) == 0, 0.0, -jnp.inf), shape)
    ended = jnp.broadcast_to(~real.any(-1, keepdims=True), shape)
    kept = nothing(model.decoder, len(real) * beam, model.target_length)
    return Hypotheses(jnp.int32(0), texts, totals, jnp.zeros(shape, jnp.int32), ended, kept)


def _extended(state: Hypotheses, log_p: Array, penalty: Array, end: Array) -> Hypotheses:
    """The best of all hypotheses with each token after them, (B, K, V); after the end comes only padding, for nothing."""
    rows, beam, vocabulary = log_p.shape
    padding = jnp.arange(vocabulary) == _PADDING
    log_p = jnp.where(state.ended[..., None], jnp.where(padding, 0.0, -jnp.inf), jnp.where(padding, -jnp.inf, log_p))
    totals = (state.totals[..., None] + log_p).reshape(rows, -1)  # (B, K V)
    counts = state.counts + ~state.ended
    scores = totals / jnp.repeat(_divisor(counts, penalty), vocabulary, axis=1)
    _, places = lax.top_k(scores, beam)
    parents, tokens = places // vocabulary, places % vocabulary
    texts = jnp.take_along_axis(state.texts, parents[..., None], 1)
    texts = lax.dynamic_update_index_in_dim(texts, tokens.astype(texts.dtype), state.at + 1, 2)
    return Hypotheses(
        state.at + 1,
        texts,
        jnp.take_along_axis(totals, places, 1),
        jnp.take_along_axis(counts, parents, 1),
        jnp.take_along_axis(state.ended, parents, 1) | (tokens == end),
        state.kept if beam == 1 else jax.tree.map(lambda kept: _of_parents(kept, parents), state.kept),
    )


def _of_parents(kept: Array, parents: Array) -> Array:
    """Each hypothesis takes over what was kept of the one it goes on from; `kept` is (B K H, S, d)."""
    by_row = kept.reshape(*parents.shape, -1)
    return jnp.take_along_axis(by_row, parents[..., None], 1).reshape(kept.shape)


def _divisor(counts: Array, penalty: Array) -> Array:
    return jnp.maximum(counts, 1).astype(jnp.float32) ** penalty
