"""An animal, a plant, food, a part of the body, or a thing? A network tells from the words of a definition.

2,000 definitions from the dictionary WordNet, 400 of each kind. Words become numbers in plain Python below; an `Embedding`
gives each number a vector that is learned, and the mean of a definition's vectors decides. Short definitions are filled up
with 0: `mask_zero=True` leaves those places out of the mean.
"""

import re
from collections import Counter
from pathlib import Path

import numpy as np

import glassnet as keras
from glassnet.layers import Dense, Dropout, Embedding, GlobalAveragePooling1D, Input

FILE = Path(__file__).parent / "data" / "definitions.tsv"
KINDS = ["animal", "body", "food", "plant", "thing"]
TRAINED_ON, LENGTH = 1600, 16
PADDING, UNKNOWN = 0, 1
OWN = [
    "a large cat that hunts at night",
    "sweet cake with chocolate",
    "the bone of the arm",
    "a tall tree with white flowers",
    "machine for cutting wood",
    "a small dog with long hair",
]


def words_of(text):
    return re.findall(r"[a-z]+", text.lower())


def vocabulary(texts):
    """A number for each word that occurs twice or more, from 2 up, the commonest first."""
    counts = Counter(word for text in texts for word in words_of(text))
    common = [word for word, count in counts.most_common() if count > 1]
    return {word: number for number, word in enumerate(common, start=2)}


def numbers_of(texts, known):
    """One row of LENGTH numbers for each text."""
    rows = np.full((len(texts), LENGTH), PADDING)
    for row, text in zip(rows, texts, strict=True):
        numbers = [known.get(word, UNKNOWN) for word in words_of(text)][:LENGTH]
        row[: len(numbers)] = numbers
    return rows


def network(size):
    """LENGTH numbers below `size` in, the probabilities of five kinds out."""
    model = keras.Sequential(
        [
            Input((LENGTH,)),
            Embedding(size, 32, mask_zero=True),  # (rows, LENGTH, 32)
            GlobalAveragePooling1D(),  # (rows, 32)
            Dropout(0.3),
            Dense(len(KINDS), activation="softmax"),
        ],
        seed=0,
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main():
    """Returns the share of the definitions held back that are sorted right."""
    lines = [line.split("\t") for line in FILE.read_text("utf-8").splitlines()]
    texts, y = [text for _, text in lines], np.array([KINDS.index(kind) for kind, _ in lines])
    known = vocabulary(texts[:TRAINED_ON])  # words that only the held-back definitions have stay unknown
    x = numbers_of(texts, known)
    print(f"{OWN[0]!r} becomes {numbers_of(OWN[:1], known)[0].tolist()}\n")

    model = network(len(known) + 2)
    model.fit(x[:TRAINED_ON], y[:TRAINED_ON], epochs=10, batch_size=32, verbose=0)
    model.summary()
    _, accuracy = model.evaluate(x[TRAINED_ON:], y[TRAINED_ON:], verbose=0)
    commonest = np.bincount(y[TRAINED_ON:]).argmax()
    print(f"\n{len(x) - TRAINED_ON} definitions held back: {accuracy:.1%} right")
    print(
        f"always saying {KINDS[commonest]!r}, the commonest among them: {np.mean(y[TRAINED_ON:] == commonest):.1%} right\n"
    )

    for text, scores in zip(OWN, model.predict(numbers_of(OWN, known)), strict=True):
        unknown = " ".join(word for word in words_of(text) if word not in known)
        print(
            f"{text:<32} {KINDS[scores.argmax()]:<7} {scores.max():.0%}{unknown and '  without the words: ' + unknown}"
        )
    print("A mean knows no order: 'a dog with hair' and 'the hair of a dog' are nearly the same to it.")
    return accuracy


if __name__ == "__main__":
    main()
