"""Beam search against brute force: all translations there can be, scored by the model on each as a whole."""

import itertools

import numpy as np
import pytest

from glassnet.models.language import Translator
from glassnet.models.language.beams import search_program

VOCABULARY, LENGTH, START, END = 5, 4, 1, 2
MODEL = Translator(6, VOCABULARY, 4, LENGTH, 8, 1, 2, seed=0)
random = np.random.default_rng(1)
MODEL.set_weights([w + random.normal(0, 0.6, w.shape).astype("float32") for w in MODEL.get_weights()])
SOURCES = np.array([[3, 4, 5, 0], [5, 0, 0, 0], [1, 2, 1, 2]])


def log_p(model, source, target):
    """log p of each token after each beginning (1 and what is written): rows of one source."""
    beginnings = np.concatenate([np.full((len(target), 1), START), target[:, :-1]], 1)
    z = model.predict([np.repeat(source[None], len(target), 0), beginnings]).astype("float64")
    z -= z.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))


def all_translations():
    """Every text of tokens other than padding, up to its end or the full length, filled up with padding."""
    tokens = range(1, VOCABULARY)
    found = [t for t in itertools.product(tokens, repeat=LENGTH) if END not in t[:-1]]
    for n in range(1, LENGTH):
        found += [(*t, END) + (0,) * (LENGTH - n) for t in itertools.product(tokens, repeat=n - 1) if END not in t]
    return np.array(found)


def scored(source, penalty):
    texts = all_translations()
    each = np.take_along_axis(log_p(MODEL, source, texts), texts[..., None], 2)[..., 0]
    real = texts != 0
    scores = (each * real).sum(1) / real.sum(1) ** penalty
    order = np.argsort(-scores)
    return texts[order], scores[order]


WIDE = 128  # more than there are


@pytest.mark.parametrize("penalty", [0.0, 0.7, 1.0])
def test_a_beam_that_holds_everything_finds_what_brute_force_finds(penalty):
    texts, scores = MODEL.translate(SOURCES, beam=WIDE, length_penalty=penalty, return_scores=True)
    for row, source in enumerate(SOURCES):
        wanted, best = scored(source, penalty)
        assert len(wanted) < WIDE and np.isneginf(scores[row, len(wanted) :]).all()
        np.testing.assert_allclose(scores[row, : len(wanted)], best, rtol=1e-4, atol=1e-4)
        clear = np.flatnonzero(-np.diff(best[:20], prepend=np.inf, append=-np.inf).clip(None, 1) > 1e-3)
        clear = [i for i in range(20) if i in clear and i + 1 in clear]
        np.testing.assert_array_equal(texts[row, clear], wanted[clear])
        assert len(clear) > 10


def greedy(source):
    text = np.zeros((1, LENGTH), int)
    for at in range(LENGTH):
        best = log_p(MODEL, source, text)[0, at]
        text[0, at] = 1 + best[1:].argmax()
        if text[0, at] == END:
            break
    return text[0]


def test_one_hypothesis_is_greedy_search():
    found = MODEL.translate(SOURCES)
    np.testing.assert_array_equal(found, [greedy(source) for source in SOURCES])
    assert found.dtype == np.int32 and found.shape == (3, LENGTH)


def test_scores_are_sorted_and_those_of_the_model():
    texts, scores = MODEL.translate(SOURCES, beam=3, return_scores=True)
    assert texts.shape == (3, 3, LENGTH) and (np.diff(scores, axis=1) <= 0).all()
    for row, source in enumerate(SOURCES):
        each = np.take_along_axis(log_p(MODEL, source, texts[row]), texts[row][..., None], 2)[..., 0]
        real = texts[row] != 0
        np.testing.assert_allclose(scores[row], (each * real).sum(1) / real.sum(1), rtol=1e-4)
        assert len(np.unique(texts[row], axis=0)) == 3
    np.testing.assert_array_equal(MODEL.translate(SOURCES, beam=3), texts[:, 0])


def test_a_text_is_translated_alike_in_any_company():
    together = MODEL.translate(np.concatenate([SOURCES] * 30), beam=3)  # more than go into one call
    np.testing.assert_array_equal(together, np.concatenate([MODEL.translate(SOURCES, beam=3)] * 30))
    np.testing.assert_array_equal(MODEL.translate(SOURCES[1, :1], beam=3), together[1])


def test_other_settings_compile_nothing():
    MODEL.translate(SOURCES)
    program = search_program(MODEL.blueprint(), 1)
    count = program._cache_size()
    MODEL.translate(SOURCES[:, :2], length_penalty=0.3, start=3, end=4)
    assert program._cache_size() == count


def test_an_empty_text_has_an_empty_translation():
    assert MODEL.translate([[0, 0], [3, 0]])[0].tolist() == [0] * LENGTH
