"""What looking on costs: `fit` with and without `Health`, in turn, warm; and what asking for the result costs afterwards.

classifier: breast cancer, 16-8-1, Adam, 50 epochs of batch 32. cnn: conv 32, pool, dense 64, dense 10 on 2,048 images of
28 × 28, batches of 32, 5 epochs. Medians of turns taken one after the other in one process. "more" is the median of the turns'
own ratios, less one: 0.02 is 2 % slower.
"""

import time

import classifier
import images
import numpy as np

TURNS = {"classifier": 60, "cnn": 7}


def classifier_fit():
    import glassnet as keras

    x, x_test, y, y_test = classifier.rows()

    def fit(seed, callbacks):
        dense = keras.layers.Dense
        model = keras.Sequential(
            [
                keras.Input((30,)),
                dense(16, activation="relu"),
                dense(8, activation="relu"),
                dense(1, activation="sigmoid"),
            ],
            seed=seed,
        )
        model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
        model.fit(x, y, epochs=50, batch_size=32, validation_data=(x_test, y_test), verbose=0, callbacks=callbacks)

    return fit


def cnn_fit():
    import glassnet as keras

    x, y = images.rows(images.SMALL)
    layers = keras.layers

    def fit(seed, callbacks):
        body = [layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()]
        head = [layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
        model = keras.Sequential([keras.Input(x.shape[1:]), *body, *head], seed=seed)
        model.compile("adam", "sparse_categorical_crossentropy")
        model.fit(x, y, batch_size=32, epochs=5, verbose=0, callbacks=callbacks)

    return fit


def seconds(run):
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def glassnet():
    from glassnet.diagnosis import Health

    found = {}
    for name, make in (("classifier", classifier_fit), ("cnn", cnn_fit)):
        fit, health = make(), Health()
        fit(0, [health])  # compiles the training
        found[f"{name}, asked for, first"] = seconds(lambda health=health: str(health))
        off, on, said = [], [], []
        for turn in range(TURNS[name]):
            health = Health()
            pair = [lambda: fit(turn, []), lambda: fit(turn, [health])]  # noqa: B023
            taken = [seconds(run) for run in (pair if turn % 2 else pair[::-1])]
            plain, watched = taken if turn % 2 else taken[::-1]
            off.append(plain)
            on.append(watched)
            said.append((health.price.inside, seconds(lambda health=health: str(health))))
        found[f"{name}, without"] = float(np.median(off))
        found[f"{name}, with"] = float(np.median(on))
        found[f"{name}, more"] = float(np.median(np.array(on) / np.array(off))) - 1
        found[f"{name}, price it prints"] = float(np.median([inside for inside, _ in said]))
        found[f"{name}, asked for"] = float(np.median([asked for _, asked in said]))
    return found


CONTENDERS = {"glassnet": glassnet}
ENVIRONMENT = {}
