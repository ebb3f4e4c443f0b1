"""GPT: a language model that goes on with a text."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet import activations
from glassnet.foundation import engine, rng
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.shapes import fraction, positive_int
from glassnet.foundation.types import Array, HostArray, Shape
from glassnet.initializers import RandomNormal
from glassnet.initializers.base import checked_seed
from glassnet.layers import Dropout, LayerNormalization, TokenAndPositionEmbedding, TransformerDecoder
from glassnet.models.language import checks, writing
from glassnet.models.model import Model

_SPREAD = 0.02
_EPSILON = 1e-5


@layer_registry.register()
class GPT(Model):
    """z_t = E norm(h_t), h = block_depth(... block_1(E[x] + P)): for each token of a text, the logits of the next one.

    The architecture and the start are GPT-2's. Each block is a `TransformerDecoder` that normalizes first, with 4 times
    the width inside and the tanh form of gelu; the table of tokens E is also the last layer's; all matrices start from
    N(0, 0.02^2), and those that end a branch from 1 / sqrt(2 depth) times that, so that the sum of all branches does not
    grow with the depth.

    It is an ordinary model: train it with ``SparseCategoricalCrossentropy(from_logits=True)`` on texts and the same texts
    one token later.

    Args:
        vocabulary: the number of tokens.
        context: the length of the longest text it looks at.
        width: D, the length of a token's vector; a multiple of `heads`.
        depth: the number of blocks.
        heads: the number of attention heads of a block.
        dropout: the share dropped of attention weights, branches and embeddings in training, from 0 to below 1.
        **kwargs: `seed`, `name`, `trainable`, as in every `Model`.

    Shapes:
        input (B, T) of whole numbers below `vocabulary`, T at most `context`; output (B, T, vocabulary).

    Raises:
        ConfigError: a size that is not a whole number above 0, a width that is no multiple of `heads`, or a dropout outside
            [0, 1).

    Example:
        >>> import numpy as np
        >>> model = GPT(vocabulary=50, context=8, width=16, depth=2, heads=2, seed=0)
        >>> model.predict(np.array([[3, 1, 4]])).shape, model.count_params()
        ((1, 3, 50), 7520)
        >>> model.generate([3, 1, 4], 2, temperature=0).shape
        (5,)

    Reference:
        Radford et al. (2019), Language models are unsupervised multitask learners.
    """

    def __init__(
        self, vocabulary: int, context: int, width: int, depth: int, heads: int, dropout: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.vocabulary = positive_int("vocabulary", vocabulary, owner="GPT")
        self.context = positive_int("context", context, owner="GPT")
        self.width = positive_int("width", width, owner="GPT")
        self.depth = positive_int("depth", depth, owner="GPT")
        self.heads = positive_int("heads", heads, owner="GPT")
        self.dropout = fraction("dropout", dropout, owner="GPT")
        if self.width % self.heads:
            raise ConfigError(
                f"GPT expected `width` as a multiple of `heads`. Received {width} and {heads}. Pass a width of "
                f"{-(-self.width // self.heads) * self.heads}, for example."
            )
        start = RandomNormal(stddev=_SPREAD)
        self.embedding = TokenAndPositionEmbedding(self.vocabulary, self.context, self.width, start)
        self.embedding_dropout = Dropout(self.dropout, name="embedding_dropout")
        self.blocks = [
            TransformerDecoder(
                4 * self.width,
                self.heads,
                self.dropout,
                gelu,
                _EPSILON,
                start,
                normalize_first=True,
                name=f"block_{index}",
            )
            for index in range(self.depth)
        ]
        self.final_norm = LayerNormalization(epsilon=_EPSILON, name="final_norm")
        self.to_logits = Comparison(name="to_logits")
        self.ensure_built((None, self.context))

    def build(self, input_shape: Shape) -> None:
        """Make all weights, and shrink those that end a branch."""
        self.embedding.ensure_built(input_shape)
        hidden = (*input_shape, self.width)
        for layer in (self.embedding_dropout, *self.blocks, self.final_norm, self.to_logits):
            layer.ensure_built(hidden)
        for block in self.blocks:
            for last in (block.self_attention.attention_output, block.feedforward_output_dense):
                last.kernel = jnp.asarray(np.asarray(last.kernel) * np.float32((2 * self.depth) ** -0.5))

    def call(self, inputs: Array) -> Array:
        """The logits of the token after each one."""
        h = self.embedding_dropout(self.embedding(inputs))
        for block in self.blocks:
            h = block(h)
        return self.logits(h)

    def logits(self, h: Array) -> Array:
        """z = E norm(h): the blocks' output (B, T, D) compared with every token's vector, (B, T, vocabulary)."""
        return self.to_logits([self.final_norm(h), self.embedding.token_embedding.embeddings])

    def output_layers(self) -> dict[str, Layer | None]:
        """The layer that gives the output: a loss that expects probabilities is refused."""
        return {"logits": self.to_logits}

    def generate(
        self,
        prompt: Any,
        length: int,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
        stop: int | None = None,
    ) -> HostArray:
        """The prompt and what the model writes after it, token by token.

        Keys and values of all positions are kept, so each token costs the work of one position. It is one compiled program
        for all prompts, lengths and settings. As long as a text fits into `context`, each token is drawn given all those
        before it. Of a longer text of n tokens, the model looks at those from s on, s being the first multiple of
        ``context // 2`` that leaves at most `context`: a window that jumps by half its length when it is full, since every
        position in it changes then.

        Args:
            prompt: token numbers, (T,) or (B, T), at least one each.
            length: how many tokens to write, 1 or more.
            temperature: 1.0 draws from the model's own shares; below 1 the likely tokens become likelier, and 0 always takes
                the most likely one.
            top_k: draw from the k most likely tokens only; None for all.
            top_p: draw only from the most likely tokens that together hold a share p, above 0 and at most 1; None for all.
                With both, p is a share of what the first k hold.
            seed: the same seed gives the same text; drawn anew by default.
            stop: a token that ends a text. Texts of a batch that end before others are filled up with it.

        Returns:
            Token numbers, (T + length,) or (B, T + length); shorter where all texts have ended.

        Raises:
            ConfigError: a setting out of range.
            DataError: a prompt that is not made of token numbers.

        Example:
            >>> model = GPT(50, 8, 16, 1, 2, seed=0)
            >>> text = model.generate([[1, 2], [3, 4]], 20, temperature=0.8, top_k=10, seed=0)
            >>> text.shape, bool((text == model.generate([[1, 2], [3, 4]], 20, 0.8, 10, seed=0)).all())
            ((2, 22), True)
        """
        engine.start()
        given = checks.tokens(prompt, self.vocabulary, "prompt")
        length = positive_int("length", length, owner="generate")
        choice = checks.choice(temperature, top_k, top_p, self.vocabulary)
        seed = rng.fresh_seed() if checked_seed("generate", seed) is None else seed
        stop = None if stop is None else checks.token("stop", stop, self.vocabulary)
        text = writing.write(self, np.atleast_2d(given), length, choice, int(seed or 0), stop)
        return text[0] if given.ndim == 1 else text


class Comparison(Layer):
    """z_tw = h_t . E_w: each position compared with each word of a table (V, D) that another layer holds."""

    activation = staticmethod(activations.linear)

    def call(self, inputs: Sequence[Array]) -> Array:
        """The logits (B, T, V) of positions (B, T, D) and a table."""
        h, table = inputs
        rows = h.reshape(-1, h.shape[-1])  # one flat matmul is faster than many
        return (rows @ table.T).reshape(*h.shape[:-1], -1)


@jax.checkpoint  # computed again on the way back: a pass of arithmetic is cheaper than one more large array
def gelu(x: Array) -> Array:
    """GPT-2's form of gelu, by tanh. JAX's own takes half the time of ours, which is right for numbers beyond 1e12 too."""
    return jax.nn.gelu(x, approximate=True)
