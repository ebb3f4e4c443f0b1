"""Keys and values that are kept while a text is written, so that a new position costs the work of one position."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax.numpy as jnp
from jax import lax

from glassnet.foundation.types import Array
from glassnet.layers import MultiHeadAttention, TokenAndPositionEmbedding, TransformerDecoder
from glassnet.layers.attention.scaled_dot import heads_first, to_heads


class Kept(NamedTuple):
    """What one attention layer has seen: keys (B H, S, d) and values (B H, S, d), the heads in the batch."""

    keys: Array
    values: Array


Across = Callable[[TransformerDecoder, Array], Array]


def nothing(blocks: Sequence[TransformerDecoder], rows: int, length: int) -> list[Kept]:
    """Room for `length` positions of `rows` texts in each block."""
    shapes = [(rows * block.num_heads, length, block.self_attention.key_dim) for block in blocks]
    return [Kept(jnp.zeros(shape), jnp.zeros(shape)) for shape in shapes]


def embedded(embedding: TokenAndPositionEmbedding, tokens: Array, position: Array) -> Array:
    """The vectors of tokens (B, n) that stand at `position` and after it: (B, n, D)."""
    places = embedding.position_embedding.position_embeddings
    return embedding.token_embedding(tokens) + lax.dynamic_slice_in_dim(places, position, tokens.shape[1])


def advance(
    blocks: Sequence[TransformerDecoder],
    h: Array,
    kept: Sequence[Kept],
    position: Array,
    across: Across | None = None,
) -> tuple[Array, list[Kept]]:
    """New positions through all blocks: the same as the blocks on the whole text, which is in what is kept.

    Args:
        blocks: the blocks.
        h: the new positions' vectors, (B, n, D).
        kept: the earlier positions' keys and values, block by block.
        position: where the first new one stands.
        across: attention to an encoder's sequence, a function of a block and (B, n, D).

    Returns:
        The new positions' vectors, and what is now kept.
    """
    now: list[Kept] = []
    for block, past in zip(blocks, kept, strict=True):

        def back(x: Array, attention: MultiHeadAttention = block.self_attention, past: Kept = past) -> Array:
            y, grown = look_back(attention, x, past, position)
            now.append(grown)
            return y

        def aside(x: Array, block: TransformerDecoder = block) -> Array:
            return x if across is None else across(block, x)

        h = block.through(h, back, None if across is None else aside)
    return h, now


def look_back(attention: MultiHeadAttention, x: Array, past: Kept, position: Array) -> tuple[Array, Kept]:
    """Attention of new positions (B, n, D) to the earlier ones and themselves, none to a later one."""
    keys = lax.dynamic_update_slice_in_dim(past.keys, heads_first(attention.key(x)), position, 1)
    values = lax.dynamic_update_slice_in_dim(past.values, heads_first(attention.value(x)), position, 1)
    seen = jnp.arange(keys.shape[1]) <= position + jnp.arange(x.shape[1])[:, None]  # (n, S)
    y, _ = to_heads(attention.query(x), keys, values, seen)
    return attention.attention_output(y), Kept(keys, values)


def seen_by(attention: MultiHeadAttention, encoded: Array) -> Kept:
    """Keys and values of an encoder's sequence (B, S, E), which stay the same while a text is written."""
    return Kept(heads_first(attention.key(encoded)), heads_first(attention.value(encoded)))


def look_across(attention: MultiHeadAttention, x: Array, encoded: Kept, mask: Array) -> Array:
    """Attention of x (B K, 1, D) to the encoder's sequence, of which the mask (B, S) hides the padding.

    The K hypotheses of a row stand one below the other. To attention they are K queries of one row, so the keys are not
    repeated for each.
    """
    queries = x.reshape(len(mask), -1, x.shape[-1])  # (B, K, D)
    y, _ = to_heads(attention.query(queries), *encoded, mask[:, None, None])
    return attention.attention_output(y).reshape(x.shape)


def rows_up(rows: int) -> int:
    """The next power of two: texts are filled up to it, so that few numbers of them compile a program of their own."""
    return 1 << (rows - 1).bit_length()
