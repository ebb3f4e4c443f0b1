"""What is kept of a text gives the logits that the whole model gives, whatever the parts it was read in."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.models.language import GPT, Translator
from glassnet.models.language.decoding import advance, embedded, look_across, nothing, rows_up, seen_by

RANDOM = np.random.default_rng(4)


def shaken(model):
    model.set_weights([w + RANDOM.normal(0, 0.5, w.shape).astype("float32") for w in model.get_weights()])
    return model


@jax.jit
def logits_of_part(model, tokens, kept, position):
    h, kept = advance(model.blocks, embedded(model.embedding, tokens, position), kept, position)
    return model.logits(h), kept


@pytest.mark.parametrize("parts", [[1] * 8, [4, 1, 1, 1, 1], [4, 4]], ids=str)
def test_the_logits_are_those_of_the_whole_model(parts):
    model, x = shaken(GPT(11, 8, 8, 2, 2, seed=0)), RANDOM.integers(0, 11, (3, 8))
    kept, found, position = nothing(model.blocks, 3, 8), [], 0
    for size in parts:
        z, kept = logits_of_part(model, x[:, position : position + size], kept, np.int32(position))
        found.append(z)
        position += size
    np.testing.assert_allclose(np.concatenate(found, 1), model.predict(x), rtol=1e-4, atol=1e-4)


@jax.jit
def both_ways(model, x, source):
    """Attention to what the encoder makes of `source`, kept once for three hypotheses of each; and read anew for each."""
    attention, again = model.decoder[0].cross_attention, jnp.repeat(source, 3, axis=0)
    kept = look_across(attention, x, seen_by(attention, model.encode(source)), source != 0)
    return kept, attention(x, model.encode(again), value_mask=again != 0)


def test_an_encoders_sequence_is_looked_at_by_several_hypotheses():
    model, source = shaken(Translator(7, 9, 4, 5, 8, 1, 2, seed=1)), np.array([[3, 4, 0, 0], [5, 6, 3, 4]])
    found, wanted = both_ways(model, RANDOM.normal(size=(6, 1, 8)).astype("float32"), source)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_few_numbers_of_texts_compile_a_program_of_their_own():
    assert [rows_up(n) for n in (1, 2, 3, 4, 5, 8, 9)] == [1, 2, 4, 4, 8, 8, 16]
