"""A small GPT learns to write, letter by letter, a language of which we know how well it can be known.

The language is made by dice: "the dogs that see the bird sleep." Its verbs agree with their nouns, across a clause where
there is one. How much the dice leave open is known, so no model can have a smaller loss, and every sentence that the
model writes is right or wrong.
"""

import numpy as np

from glassnet.losses import SparseCategoricalCrossentropy
from glassnet.models.language import GPT
from glassnet.optimizers import Adam

NOUNS = ["cat", "dog", "bird", "child"]
SEEING = ["sees", "hears", "likes"]
RESTING = ["sleeps", "sings", "waits"]
LETTERS = sorted(set(" .qu" + "".join(NOUNS + SEEING + RESTING) + "thatren"))
NUMBER = {letter: number for number, letter in enumerate(LETTERS)}
CONTEXT = 64


def noun(word, many):
    return {"child": "children"}.get(word, f"{word}s") if many else word


def verb(word, many):
    return word[:-1] if many else word


def sentence(dice):
    """One sentence, and how much the dice decided: the sum of log(choices)."""
    many, subject, rests = dice.integers(2), dice.integers(4), dice.integers(3)
    words, nats = ["the", noun(NOUNS[subject], many)], np.log(2 * 4 * 3)
    if dice.integers(2):
        also_many, other, sees = dice.integers(2), dice.integers(4), dice.integers(3)
        words += ["that", verb(SEEING[sees], many), "the", noun(NOUNS[other], also_many)]
        nats += np.log(2 * 4 * 3)
    return " ".join([*words, verb(RESTING[rests], many)]) + ". ", nats + np.log(2)


def right_sentences():
    """Every sentence of the language."""
    found = set()
    for many in (False, True):
        for subject in NOUNS:
            start, ends = f"the {noun(subject, many)} ", [f"{verb(word, many)}." for word in RESTING]
            found |= {start + end for end in ends}
            for sees in SEEING:
                clause = f"that {verb(sees, many)} the "
                others = [noun(word, also_many) for word in NOUNS for also_many in (False, True)]
                found |= {f"{start}{clause}{other} {end}" for other in others for end in ends}
    return found


def rows(text):
    """Pieces as long as the context, and the same pieces one letter later."""
    numbers = np.array([NUMBER[letter] for letter in text])
    count = (len(numbers) - 1) // CONTEXT
    return numbers[: count * CONTEXT].reshape(count, -1), numbers[1 : count * CONTEXT + 1].reshape(count, -1)


def main():
    """Returns the loss on new text, the least that there can be, and the share of written sentences that are right."""
    dice = np.random.default_rng(0)
    text, _ = zip(*(sentence(dice) for _ in range(4000)), strict=True)
    new, new_nats = zip(*(sentence(dice) for _ in range(500)), strict=True)
    x, y = rows("".join(text))
    print("".join(text[:4]))

    model = GPT(len(LETTERS), CONTEXT, width=48, depth=2, heads=4, seed=0)
    model.compile(Adam(0.003), SparseCategoricalCrossentropy(from_logits=True))
    losses = model.fit(x, y, epochs=8, batch_size=8, verbose=0).history["loss"]
    model.optimizer.learning_rate = 0.0005
    losses += model.fit(x, y, epochs=3, batch_size=8, verbose=0).history["loss"]
    loss, least = model.evaluate(*rows("".join(new))), sum(new_nats) / len("".join(new))
    print(f"\nloss by epoch: {' '.join(f'{value:.3f}' for value in losses)}")
    print(f"on new text: {loss:.3f} nats a letter, the first of each piece included, before which it sees nothing;")
    print(f"the dice leave {least:.3f} open")

    start = [NUMBER[letter] for letter in "the "]
    written = model.generate([start] * 8, 400, seed=0)
    texts = ["".join(LETTERS[number] for number in row) for row in written]
    print(f"\nthe model writes: {texts[0][:100]}")
    right, sentences = right_sentences(), [s.strip() + "." for text in texts for s in text.split(".")[:-1]]
    share = np.mean([s in right for s in sentences])
    print(
        f"{share:.1%} of its {len(sentences)} sentences are right; wrong: {[s for s in sentences if s not in right][:2]}"
    )
    return loss, least, share


if __name__ == "__main__":
    main()
