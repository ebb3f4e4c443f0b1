"""Dates as people write them, turned into "2021-03-03" by a transformer that reads one text and writes another.

It is told nothing of days or months: it sees pairs of texts, letter by letter. The dates it is judged on were held out, in
every way of writing them.
"""

import datetime

import numpy as np

from glassnet.losses import SparseCategoricalCrossentropy
from glassnet.models.language import Translator
from glassnet.optimizers import Adam

FORMATS = [
    "{d} {month} {y}",
    "{month} {d}, {y}",
    "{d}.{m}.{y}",
    "{d} {short} {y}",
    "{weekday}, {d} {month} {y}",
    "{d}/{m}/{y}",
]
LETTERS = sorted(set("abcdefghijklmnopqrstuvwxyz0123456789 ,./-"))
NUMBER = {letter: number for number, letter in enumerate(LETTERS, start=3)}  # after padding 0, start 1 and end 2
START, END = 1, 2
READ, WRITTEN = 28, 11


def said(date, form):
    """A date as a person writes it."""
    month, weekday = date.strftime("%B").lower(), date.strftime("%A").lower()
    return form.format(d=date.day, m=date.month, y=date.year, month=month, short=month[:3], weekday=weekday)


def numbered(text, length, end=()):
    """The letters' numbers, filled up with padding."""
    numbers = [*(NUMBER[letter] for letter in text), *end]
    return numbers + [0] * (length - len(numbers))


def text_of(numbers):
    return "".join(LETTERS[n - 3] for n in numbers if n > END)


def pairs(dates, dice):
    """Each date in two of the ways to write it: what is read, and what is to be written."""
    forms = [(date, FORMATS[i]) for date in dates for i in dice.choice(len(FORMATS), 2, replace=False)]
    x = [numbered(said(date, form), READ) for date, form in forms]
    return np.array(x), np.array([numbered(date.isoformat(), WRITTEN, [END]) for date, _ in forms])


def main():
    """Returns the share of held-out dates that are written without a mistake."""
    dice, first = np.random.default_rng(0), datetime.date(1990, 1, 1)
    dates = [first + datetime.timedelta(days=int(day)) for day in dice.permutation(12000)[:6000]]
    x, target = pairs(dates[:5000], dice)
    x_new, target_new = pairs(dates[5000:], dice)
    before = np.concatenate([np.full((len(target), 1), START), target[:, :-1]], axis=1)

    letters = len(LETTERS) + 3
    model = Translator(letters, letters, READ, WRITTEN, width=64, depth=1, heads=4, seed=0)
    model.compile(Adam(0.003), SparseCategoricalCrossentropy(from_logits=True, ignore_class=0))
    losses = model.fit([x, before], target, epochs=4, batch_size=50, verbose=0).history["loss"]
    model.optimizer.learning_rate = 0.0005
    losses += model.fit([x, before], target, epochs=2, batch_size=50, verbose=0).history["loss"]
    print(f"loss by epoch: {' '.join(f'{value:.4f}' for value in losses)}")

    written = model.translate(x_new)
    for row in range(6):
        print(f"{text_of(x_new[row]):>28} -> {text_of(written[row])}")
    right = (written == target_new).all(axis=1)
    print(f"without a mistake: {right.mean():.1%} of {len(right)} on dates that were held out")
    wrong = np.flatnonzero(~right)
    if len(wrong):
        texts, scores = model.translate(x_new[wrong[:1]], beam=3, return_scores=True)
        others = ", ".join(
            f"{text_of(text)} ({np.exp(score):.2f})" for text, score in zip(texts[0], scores[0], strict=True)
        )
        print(f"one that is wrong: {text_of(x_new[wrong[0]])}; the best of three: {others}")
    return right.mean()


if __name__ == "__main__":
    main()
