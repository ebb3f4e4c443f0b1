"""Do memory and time of a population grow faster than its members? 5, 25 and 100 classifiers of `population.py`, together.

Each number of members runs in a process of its own: an epoch's seconds in the middle of five warm fits, and the most memory
that the process held beyond what it held before the first fit. The harness's table compares contenders with the first, five
members; 25 may take 5 times as long, and 100 may take 20 times.

    python benchmarks/harness.py growth --rounds 3
"""

import resource
import time
from functools import partial

import numpy as np
import population

EPOCHS = 20


def most_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def together(count):
    import glassnet as keras
    from glassnet.models import fit_together

    x, y = population.rows()
    folds = np.arange(len(x)) % population.FOLDS
    before = most_bytes()

    def fit():
        models = [population.member(keras, seed) for seed in range(count)]
        kept = [np.flatnonzero(folds != index % population.FOLDS) for index in range(count)]
        held = [np.flatnonzero(folds == index % population.FOLDS) for index in range(count)]
        started = time.perf_counter()
        fit_together(models, x, y, epochs=EPOCHS, rows=kept, validation_rows=held)
        return time.perf_counter() - started

    fit()
    warm = float(np.median([fit() for _ in range(5)]))
    # The harness writes seconds as milliseconds: a GiB stands as a second.
    return {"fit, warm": warm, "memory, MiB as ms": (most_bytes() - before) / 2**20 / 1e3}


CONTENDERS = {f"glassnet, {count} members": partial(together, count) for count in (5, 25, 100)}
