"""Attention: layers in which each position looks at the others and takes what fits."""

from glassnet.layers.attention.decoder import TransformerDecoder
from glassnet.layers.attention.grouped_query import GroupedQueryAttention
from glassnet.layers.attention.multi_head import MultiHeadAttention
from glassnet.layers.attention.positions import (
    PositionEmbedding,
    RotaryEmbedding,
    SinePositionEncoding,
    TokenAndPositionEmbedding,
)
from glassnet.layers.attention.scaled_dot import causal_mask, scaled_dot, window_mask
from glassnet.layers.attention.single import AdditiveAttention, Attention
from glassnet.layers.attention.transformer import TransformerEncoder

# Keras's name.
GroupQueryAttention = GroupedQueryAttention

__all__ = [
    "AdditiveAttention",
    "Attention",
    "GroupQueryAttention",
    "GroupedQueryAttention",
    "MultiHeadAttention",
    "PositionEmbedding",
    "RotaryEmbedding",
    "SinePositionEncoding",
    "TokenAndPositionEmbedding",
    "TransformerDecoder",
    "TransformerEncoder",
    "causal_mask",
    "scaled_dot",
    "window_mask",
]
