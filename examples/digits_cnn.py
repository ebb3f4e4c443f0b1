"""Handwritten digits, 8 by 8 pixels, with the small convolutional network that textbooks begin with.

One convolution looks for strokes, pooling makes it matter less where exactly they are, and two dense layers decide.
"""

from sklearn.model_selection import train_test_split

import glassnet as keras
from glassnet.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D


def network(seed=0):
    """8 x 8 pixels in, the probabilities of ten digits out."""
    return keras.Sequential(
        [
            Input((8, 8, 1)),
            Conv2D(32, (3, 3), activation="relu"),
            MaxPooling2D(pool_size=(2, 2)),
            Flatten(),
            Dropout(0.3),
            Dense(64, activation="relu"),
            Dense(10, activation="softmax"),
        ],
        seed=seed,
    )


def main():
    """Returns the share of the test digits that are read right."""
    x, y = keras.datasets.load_digits()
    x = (x / 16).reshape(-1, 8, 8, 1)  # (1797, 64) -> (1797, 8, 8, 1)
    x, x_test, y, y_test = train_test_split(x, keras.utils.to_categorical(y), test_size=0.2, random_state=0, stratify=y)

    cnn = network()
    cnn.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    cnn.summary()
    history = cnn.fit(x, y, epochs=30, batch_size=64, validation_split=0.1, verbose=0)
    _, accuracy = cnn.evaluate(x_test, y_test)

    print(f"\n{history.notes[0]}\n{history.notes[1]}")
    print(f"validation accuracy {history.history['val_accuracy'][-1]:.3f}")
    print(f"test accuracy       {accuracy:.3f} on {len(x_test)} digits that played no part in training")
    return accuracy


if __name__ == "__main__":
    main()
