"""Stochastic descent: batches of one row on the breast-cancer table, 455 updates an epoch; seconds of an epoch, warm."""

import time

import numpy as np

EPOCHS = {"glassnet": 20, "PyTorch": 2}


def rows():
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    x, y = load_breast_cancer(return_X_y=True)
    x, _, y, _ = train_test_split(x, y, test_size=0.2, random_state=42)
    return StandardScaler().fit_transform(x).astype("float32"), y


def timed(make_and_fit, epochs):
    """Seconds of an epoch in the median of five fits after a first, each of a new network."""
    make_and_fit(0, epochs)
    taken = []
    for seed in range(1, 6):
        started = time.perf_counter()
        make_and_fit(seed, epochs)
        taken.append((time.perf_counter() - started) / epochs)
    return float(np.median(taken))


def glassnet():
    import glassnet as keras

    x, y = rows()
    dense = keras.layers.Dense

    def fit_with(optimizer):
        def make_and_fit(seed, epochs):
            layers = [keras.Input((30,)), dense(16, "relu"), dense(8, "relu"), dense(1, "sigmoid")]
            model = keras.Sequential(layers, seed=seed)
            model.compile(optimizer, "binary_crossentropy")
            model.fit(x, y, epochs=epochs, batch_size=1, verbose=0)

        return make_and_fit

    return {f"an epoch, {name}": timed(fit_with(name), EPOCHS["glassnet"]) for name in ("sgd", "adam")}


def torch():
    import torch

    torch.set_num_threads(1)  # faster than two for rows this small
    x, y = rows()
    inputs, targets = torch.tensor(x), torch.tensor(y, dtype=torch.float32).reshape(-1, 1)

    def fit_with(optimizer):
        def make_and_fit(seed, epochs):
            torch.manual_seed(seed)
            linear, relu = torch.nn.Linear, torch.nn.ReLU
            model = torch.nn.Sequential(linear(30, 16), relu(), linear(16, 8), relu(), linear(8, 1))
            descent = optimizer(model.parameters())
            loss_of = torch.nn.BCEWithLogitsLoss()
            for _ in range(epochs):
                for row in torch.randperm(len(inputs)):
                    descent.zero_grad()
                    loss_of(model(inputs[row]), targets[row]).backward()
                    descent.step()

        return make_and_fit

    kinds = {"sgd": lambda p: torch.optim.SGD(p, 0.01), "adam": lambda p: torch.optim.Adam(p, 0.001, fused=True)}
    return {f"an epoch, {name}": timed(fit_with(kind), EPOCHS["PyTorch"]) for name, kind in kinds.items()}


CONTENDERS = {"glassnet": glassnet, "PyTorch, plain loop, one thread, fused Adam": torch}
