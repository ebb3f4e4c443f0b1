"""How heavy is a penguin? One network with four inputs, for a table that mixes measures and categories.

333 penguins of three islands: three measures in millimetres, and species, island and sex as words. A category becomes a
number, and an `Embedding` turns the number into two learned coordinates, which stand beside the measures. A second network
sees the measures only: the difference is what the categories are worth.
"""

import csv
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

import glassnet as keras
from glassnet.layers import Concatenate, Dense, Embedding, Flatten, Input

FILE = Path(__file__).parent / "data" / "penguins.csv"
MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]
CATEGORIES = ["species", "island", "sex"]
SEEDS = range(3)


def table():
    """The measures, the categories as numbers from 0 up, how many kinds each has, and each penguin's mass in kilograms."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["sex"]]  # 11 penguins of unknown sex are left out
    measures = np.array([[float(row[name]) for name in MEASURES] for row in rows])
    mass = np.array([float(row["body_mass_g"]) for row in rows]) / 1000
    categories, sizes = [], {}
    for name in CATEGORIES:
        kinds, numbers = np.unique([row[name] for row in rows], return_inverse=True)
        print(f"{name:<8} {', '.join(f'{number} {kind}' for number, kind in enumerate(kinds))}")
        categories.append(numbers[:, None])  # (rows, 1)
        sizes[name] = len(kinds)
    return measures, categories, sizes, mass


def network(sizes):
    """A network on the measures and on one category for each of `sizes`, the numbers of kinds by name."""
    measures = Input((len(MEASURES),), name="measures")
    inputs, parts = [measures], [measures]
    for name, size in sizes.items():
        category = Input((1,), name=name)
        inputs.append(category)
        parts.append(Flatten()(Embedding(size, 2, name=f"{name}_table")(category)))  # (rows, 1) -> (rows, 2)
    joined = Concatenate()(parts) if sizes else measures
    hidden = Dense(16, activation="relu")(joined)
    model = keras.Model(inputs=inputs, outputs=Dense(1, name="mass")(hidden))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
    return model


def mean_error(sizes, x, mass, rest, test):
    """How far off networks trained on the rows `rest` are on the rows `test`, in grams; and the last of the networks."""
    errors = []
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        model = network(sizes)
        model.fit([part[rest] for part in x], mass[rest], epochs=100, batch_size=32, verbose=0)
        _, error = model.evaluate([part[test] for part in x], mass[test], verbose=0)
        errors.append(1000 * error)
    return float(np.mean(errors)), model


def main():
    """Returns the mean error in grams: with the categories, without them, and of always saying the middle mass."""
    measures, categories, sizes, mass = table()
    rest, test = train_test_split(np.arange(len(mass)), test_size=100, random_state=0)
    scaled = (measures - measures[rest].mean(0)) / measures[rest].std(0)
    both, model = mean_error(sizes, [scaled, *categories], mass, rest, test)
    alone, _ = mean_error({}, [scaled], mass, rest, test)
    middle = 1000 * float(np.mean(np.abs(mass[test] - np.median(mass[rest]))))
    print()
    model.summary()

    print(f"\nmean error on {len(test)} penguins held back, mean of {len(SEEDS)} seeds:")
    print(f"  always saying the middle mass  {middle:.0f} g")
    print(f"  measures only                  {alone:.0f} g")
    print(f"  measures and categories        {both:.0f} g")
    for name in CATEGORIES:
        coordinates = model.get_layer(f"{name}_table").get_weights()[0]
        print(f"  {name:<8} at {'  '.join(f'({a:+.2f}, {b:+.2f})' for a, b in coordinates)}")
    return both, alone, middle


if __name__ == "__main__":
    main()
