"""Ten kinds of clothes, told apart by a convolutional network that has 1,500 small pictures to learn from.

Pictures are few here, so each is used twice: a mirrored shoe is still a shoe.
"""

from pathlib import Path

import numpy as np

import glassnet as keras
from glassnet.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D

FILE = Path(__file__).parent / "data" / "clothes.npz"
KINDS = ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
SHADES = " .:-=+*#%@"


def pictures():
    """Training and test pictures, from 0 for black to 1 for white, with one channel; and their kinds."""
    with np.load(FILE) as stored:
        x, x_test = (stored[name][..., None].astype("float32") / 15 for name in ("x_train", "x_test"))
        return x, stored["y_train"], x_test, stored["y_test"]


def drawn(picture):
    """A picture in characters, two for each pixel."""
    shades = np.round(picture[..., 0] * (len(SHADES) - 1)).astype(int)
    return "\n".join("".join(2 * SHADES[shade] for shade in row).rstrip() for row in shades)


def network():
    """14 x 14 pixels in, the probabilities of ten kinds out."""
    return keras.Sequential(
        [
            Input((14, 14, 1)),
            Conv2D(32, 3, activation="relu", padding="same"),
            MaxPooling2D(2),
            Conv2D(64, 3, activation="relu", padding="same"),
            MaxPooling2D(2),
            Flatten(),
            Dropout(0.4),
            Dense(64, activation="relu"),
            Dropout(0.3),
            Dense(10, activation="softmax"),
        ],
        seed=0,
    )


def main():
    """Returns the share of the test pictures that are named right."""
    x, y, x_test, y_test = pictures()
    print(f"{KINDS[y[0]]}:\n{drawn(x[0])}\n")
    x, y = np.concatenate([x, x[:, :, ::-1]]), np.concatenate([y, y])  # left and right swapped

    model = network()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=20, batch_size=32, verbose=0)
    model.summary()
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"\n{accuracy:.1%} of {len(x_test)} test pictures named right; guessing would get 10%\n")

    named = model.predict(x_test).argmax(1)
    for number, kind in enumerate(KINDS):
        of_kind = named[y_test == number]
        wrong = np.bincount(of_kind[of_kind != number], minlength=10)
        taken = f"; most often taken for a {KINDS[wrong.argmax()]}" if wrong.any() else ""
        print(f"{kind:<10} {np.mean(of_kind == number):>4.0%} right{taken}")
    return accuracy


if __name__ == "__main__":
    main()
