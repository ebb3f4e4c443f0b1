"""Translator: an encoder reads one text, a decoder writes another."""

from typing import Any

import numpy as np

from glassnet.foundation import engine
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.shapes import fraction, positive_int
from glassnet.foundation.types import Array
from glassnet.layers import (
    Dense,
    Dropout,
    LayerNormalization,
    TokenAndPositionEmbedding,
    TransformerDecoder,
    TransformerEncoder,
)
from glassnet.models.language import beams, checks
from glassnet.models.model import Model


@layer_registry.register()
class Translator(Model):
    """z_t = W norm(h_t) + b, h = decoder(y, encoder(x)): for each token of y, the logits of the next one, given the text x.

    The transformer of "Attention is all you need", with trainable positions and normalization at the beginning of each
    branch, so that it trains without a warm-up. Token 0 is padding, in both texts: put it at their ends only.

    It is an ordinary model with two inputs. Train it on ``[x, y]``, where y is the translation with a token for "start"
    before it, and the translation with a token for "end" after it as targets, with
    ``SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)``.

    Args:
        source_vocabulary: the number of tokens in x, padding included.
        target_vocabulary: the number of tokens in y, padding, start and end included.
        source_length: the length of the longest x.
        target_length: the length of the longest y, its start included.
        width: D, the length of a token's vector; a multiple of `heads`.
        depth: the number of blocks of the encoder, and of the decoder.
        heads: the number of attention heads of a block.
        dropout: the share dropped of attention weights, branches and embeddings in training, from 0 to below 1.
        **kwargs: `seed`, `name`, `trainable`, as in every `Model`.

    Shapes:
        inputs x (B, S) and y (B, T) of whole numbers; output (B, T, target_vocabulary).

    Raises:
        ConfigError: a size that is not a whole number above 0, a width that is no multiple of `heads`, or a dropout outside
            [0, 1).

    Example:
        >>> import numpy as np
        >>> model = Translator(20, 30, 6, 5, width=16, depth=1, heads=2, seed=0)
        >>> model.predict([np.array([[3, 4, 0]]), np.array([[1, 7]])]).shape
        (1, 2, 30)
        >>> model.translate([[3, 4, 0]], beam=3).shape
        (1, 5)

    Reference:
        Vaswani et al. (2017), Attention is all you need.
    """

    def __init__(
        self,
        source_vocabulary: int,
        target_vocabulary: int,
        source_length: int,
        target_length: int,
        width: int,
        depth: int,
        heads: int,
        dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source_vocabulary = positive_int("source_vocabulary", source_vocabulary, owner="Translator")
        self.target_vocabulary = positive_int("target_vocabulary", target_vocabulary, owner="Translator")
        self.source_length = positive_int("source_length", source_length, owner="Translator")
        self.target_length = positive_int("target_length", target_length, owner="Translator")
        self.width = positive_int("width", width, owner="Translator")
        self.depth = positive_int("depth", depth, owner="Translator")
        self.heads = positive_int("heads", heads, owner="Translator")
        self.dropout = fraction("dropout", dropout, owner="Translator")
        if self.width % self.heads:
            raise ConfigError(
                f"Translator expected `width` as a multiple of `heads`. Received {width} and {heads}. Pass a width of "
                f"{-(-self.width // self.heads) * self.heads}, for example."
            )
        block = {"dropout": self.dropout, "normalize_first": True}
        self.source_embedding = TokenAndPositionEmbedding(
            self.source_vocabulary, self.source_length, self.width, mask_zero=True, name="source_embedding"
        )
        self.source_dropout = Dropout(self.dropout, name="source_dropout")
        self.encoder = [
            TransformerEncoder(4 * self.width, self.heads, name=f"encoder_{index}", **block)
            for index in range(self.depth)
        ]
        self.encoder_norm = LayerNormalization(epsilon=1e-5, name="encoder_norm")
        self.target_embedding = TokenAndPositionEmbedding(
            self.target_vocabulary, self.target_length, self.width, mask_zero=True, name="target_embedding"
        )
        self.target_dropout = Dropout(self.dropout, name="target_dropout")
        self.decoder = [
            TransformerDecoder(4 * self.width, self.heads, name=f"decoder_{index}", **block)
            for index in range(self.depth)
        ]
        self.decoder_norm = LayerNormalization(epsilon=1e-5, name="decoder_norm")
        self.to_logits = Dense(self.target_vocabulary, name="to_logits")
        self.ensure_built([(None, self.source_length), (None, self.target_length)])

    def build(self, input_shape: Any) -> None:
        """Make all weights."""
        source, target = input_shape
        read, written = (*source, self.width), (*target, self.width)
        self.source_embedding.ensure_built(source)
        self.target_embedding.ensure_built(target)
        for layer in (self.source_dropout, *self.encoder, self.encoder_norm):
            layer.ensure_built(read)
        for block in self.decoder:
            block.ensure_built([written, read])
        for layer in (self.target_dropout, self.decoder_norm, self.to_logits):
            layer.ensure_built(written)

    def call(self, inputs: Any) -> Array:
        """The logits of the token after each one of y, for ``[x, y]``."""
        source, target = inputs
        encoded = self.encode(source)
        h = self.target_dropout(self.target_embedding(target))
        for block in self.decoder:
            h = block(h, encoded)
        return self.logits(h)

    def encode(self, source: Array) -> Array:
        """What the encoder makes of x (B, S): (B, S, D), with the mask of its padding."""
        h = self.source_dropout(self.source_embedding(source))
        for block in self.encoder:
            h = block(h)
        return self.encoder_norm(h)

    def logits(self, h: Array) -> Array:
        """z = W norm(h) + b of the decoder's output (B, T, D): (B, T, target_vocabulary)."""
        return self.to_logits(self.decoder_norm(h))

    def output_layers(self) -> dict[str, Layer | None]:
        """The layer that gives the output: a loss that expects probabilities is refused."""
        return {"logits": self.to_logits}

    def translate(
        self,
        source: Any,
        beam: int = 1,
        length_penalty: float = 1.0,
        start: int = 1,
        end: int = 2,
        return_scores: bool = False,
    ) -> Any:
        """Translations, written token by token and searched for in a beam.

        A translation's score is sum_t log p_t / n^a, n its tokens with the end included. After each token, the `beam`
        hypotheses of the best scores are kept, those that have ended among them. With `beam` 1 that is greedy search: always
        the most likely token. Keys and values are kept, those of x computed once; it is one compiled program for each
        `beam`.

        Args:
            source: x, token numbers, (B, S) or (S,), S at most `source_length`.
            beam: how many hypotheses are kept, 1 or more.
            length_penalty: a; 1.0 compares means over the tokens, 0 their sums, which are larger for short translations.
            start: the token before a translation, in training as here; not 0.
            end: the token after it; not 0.
            return_scores: whether to return all `beam` translations, best first, and their scores.

        Returns:
            Token numbers (B, target_length) without the start, 0 after the end; (target_length,) for one x. With
            `return_scores`, (B, beam, target_length) and (B, beam).

        Raises:
            ConfigError: a setting out of range.
            DataError: a source that is not made of token numbers.
            ShapeError: a source longer than `source_length`.

        Example:
            >>> model = Translator(20, 30, 6, 5, width=16, depth=1, heads=2, seed=0)
            >>> texts, scores = model.translate([3, 4], beam=2, return_scores=True)
            >>> texts.shape, bool(scores[0] >= scores[1])
            ((2, 5), True)
        """
        engine.start()
        given = checks.tokens(source, self.source_vocabulary, "source")
        beam = positive_int("beam", beam, owner="translate")
        penalty = checks.length_penalty(length_penalty)
        first, last = (checks.token(n, v, self.target_vocabulary, least=1) for n, v in (("start", start), ("end", end)))
        if given.shape[-1] > self.source_length:
            raise ShapeError(
                f"translate expected at most {self.source_length} tokens in each text. Received {given.shape[-1]}. Make a "
                f"model with a larger `source_length`, or cut the texts."
            )
        texts, scores = beams.search(self, np.atleast_2d(given), beam, penalty, first, last)
        if given.ndim == 1:
            texts, scores = texts[0], scores[0]
        return (texts, scores) if return_scores else texts[..., 0, :]
