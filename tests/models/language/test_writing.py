"""Generation against the model itself, run anew on the whole window for each token."""

import jax
import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, DataError, GlassnetError
from glassnet.models.language import GPT
from glassnet.models.language.writing import window_start, writing_program
from glassnet.utils import set_random_seed


def shaken(model, amount=0.5):
    random = np.random.default_rng(3)
    model.set_weights([w + random.normal(0, amount, w.shape).astype("float32") for w in model.get_weights()])
    return model


MODEL = shaken(GPT(11, 8, 8, 2, 2, seed=0))
LONG = shaken(GPT(11, 64, 8, 2, 2, seed=0))  # a context of which more than one part is read at once


def uncached(model, prompt, length):
    """The most likely token after the window, again and again; and the least lead it had over the second."""
    text, lead = [list(row) for row in np.atleast_2d(prompt)], np.inf
    for _ in range(length):
        window = np.array(text)[:, window_start(len(text[0]), model.context) :]
        filled = np.zeros((len(text), model.context), int)
        filled[:, : window.shape[1]] = window
        logits = model.predict(filled)[:, window.shape[1] - 1]
        for row, z in zip(text, logits, strict=True):
            row.append(int(z.argmax()))
            lead = min(lead, np.diff(np.sort(z)[-2:])[0])
    return np.array(text), lead


@pytest.mark.parametrize(
    ("model", "prompt", "length"),
    [
        (MODEL, [[3]], 30),
        (MODEL, [[3, 1, 4], [1, 5, 9], [2, 6, 5]], 12),
        (MODEL, [[1, 2, 3, 4, 5, 6, 7, 8]], 2),
        (MODEL, [[(7 * i) % 11 for i in range(21)]], 9),
        (LONG, [[(7 * i) % 11 for i in range(33)]], 20),
        (LONG, [[(5 * i) % 11 for i in range(60)]], 12),
    ],
    ids=["one token", "several texts", "a full window", "a longer prompt", "two parts", "across the context"],
)
def test_what_is_kept_gives_the_tokens_of_the_whole_model(model, prompt, length):
    wanted, lead = uncached(model, prompt, length)
    assert lead > 1e-3  # no near tie decides
    np.testing.assert_array_equal(model.generate(prompt, length, temperature=0), wanted)


def test_the_window_holds_from_half_the_context_to_all_of_it():
    assert [window_start(n, 8) for n in (1, 8, 9, 12, 13, 16, 17)] == [0, 0, 4, 4, 8, 8, 12]
    assert [window_start(n, 1) for n in (1, 2, 3)] == [0, 1, 2]
    for context in range(1, 12):
        for n in range(1, 60):
            left = n - window_start(n, context)
            assert min(n, context // 2 + 1) <= left <= context


def test_one_text_is_an_axis_less():
    text = MODEL.generate([1, 2], 3, temperature=0)
    assert text.shape == (5,) and text.dtype == np.int32 and text[:2].tolist() == [1, 2]
    np.testing.assert_array_equal(MODEL.generate(np.array([[1.0, 2.0]]), 3, temperature=0), text[None])


def test_the_same_seed_gives_the_same_text():
    first, again, other = (MODEL.generate([[1, 2]] * 3, 20, seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any() and (first[0] != first[1]).any()
    np.testing.assert_array_equal(MODEL.generate([[1, 2]] * 3, 4, seed=5), first[:, :6])
    drawn = []
    for _ in range(2):
        set_random_seed(3)
        drawn.append(MODEL.generate([1], 20))
    np.testing.assert_array_equal(*drawn)
    assert (MODEL.generate([1], 20) != drawn[0]).any()


def test_each_token_has_a_draw_of_its_own():
    """A model of zeros finds all tokens alike, so its text shows the draws."""
    even = GPT(11, 8, 8, 2, 2, seed=0)
    even.set_weights([0 * w for w in even.get_weights()])
    text = even.generate([[1]] * 4, 200, seed=0)[:, 1:]
    counts = np.bincount(text.ravel(), minlength=11)
    assert ((counts - 800 / 11) ** 2 / (800 / 11)).sum() < 29.6  # 10 degrees of freedom, once in a thousand
    for lag in range(1, 13):  # the window jumps by 4
        assert 0.03 < (text[:, lag:] == text[:, :-lag]).mean() < 0.16
    assert 0.03 < (text[0] == text[1]).mean() < 0.16


def test_another_prompt_length_or_setting_compiles_nothing():
    other = shaken(GPT(11, 8, 8, 2, 2, seed=1))
    MODEL.generate([[1], [2]], 2)
    program = writing_program(MODEL.blueprint())
    count = program._cache_size()
    with jax.log_compiles(False):
        MODEL.generate([[1, 2, 3], [2, 3, 4]], 30, temperature=0.5, top_k=3, top_p=0.9, seed=1, stop=4)
        MODEL.generate([[1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 7]], 1, temperature=0)
        other.generate([[1], [2]], 2)
    assert writing_program(other.blueprint()) is program and program._cache_size() == count


def test_a_text_ends_with_the_token_that_stops_it():
    free = MODEL.generate([[1], [7], [9]], 30, seed=2)
    stop = int(free[0, 4])
    stopped = MODEL.generate([[1], [7], [9]], 30, seed=2, stop=stop)
    for row, whole in zip(stopped, free, strict=True):
        ends = np.flatnonzero(whole[1:] == stop)
        kept = len(whole) if not len(ends) else ends[0] + 2
        np.testing.assert_array_equal(row[:kept], whole[: min(kept, len(row))])
        assert (row[kept:] == stop).all()
    many = MODEL.generate([[1]] * 3, 30, seed=2, stop=stop)  # filled up to four texts, the last of which never ends
    assert many.shape[1] == max(np.flatnonzero(row[1:] == stop)[0] + 2 for row in many)
    alone = MODEL.generate([3, stop], 30, temperature=0, stop=int(MODEL.generate([3, stop], 2, 0)[-1]))
    assert len(alone) <= 4 and alone[-1] == MODEL.generate([3, stop], 2, 0)[-1]


BAD = [
    (lambda: MODEL.generate([], 3), DataError, "Expected `prompt` as one or more token numbers"),
    (lambda: MODEL.generate([[1, 2], [3]], 3), DataError, "Received texts of different lengths."),
    (lambda: MODEL.generate("text", 3), DataError, "Turn the text into whole numbers first"),
    (lambda: MODEL.generate([1.5], 3), DataError, "Expected `prompt` as one or more token numbers"),
    (lambda: MODEL.generate([11], 3), DataError, "token numbers from 0 to 10. Received 11."),
    (lambda: MODEL.generate([-1, 3], 3), DataError, "token numbers from 0 to 10. Received -1."),
    (lambda: MODEL.generate([1], 0), ConfigError, "generate expected `length` to be a whole number above 0."),
    (
        lambda: MODEL.generate([1], 3, temperature=-1),
        ConfigError,
        "`temperature` as a number of 0 or more. Received -1.",
    ),
    (lambda: MODEL.generate([1], 3, temperature=float("nan")), ConfigError, "Received nan."),
    (lambda: MODEL.generate([1], 3, top_k=0), ConfigError, "`top_k` as a whole number above 0, or None. Received 0."),
    (lambda: MODEL.generate([1], 3, top_p=0), ConfigError, "`top_p` above 0 and at most 1, or None. Received 0."),
    (lambda: MODEL.generate([1], 3, top_p=1.5), ConfigError, "Received 1.5."),
    (
        lambda: MODEL.generate([1], 3, stop=11),
        ConfigError,
        "Expected `stop` as a token number from 0 to 10. Received 11.",
    ),
    (lambda: MODEL.generate([1], 3, seed=-1), ConfigError, "seed"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[f"{i}" for i in range(len(BAD))])
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(GlassnetError) as caught:
        make()
    assert isinstance(caught.value, error) and words in str(caught.value)
