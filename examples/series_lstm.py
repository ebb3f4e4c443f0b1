"""How warm will the sea be next month? An LSTM against the answers that need no network.

Off Peru the sea follows the seasons, until El Niño comes and it is up to 5 degrees too warm. 61 years of monthly means; the
last 15 years are held back. What repeats every year is taken off first (the mean of each calendar month, of the training
years only), so that the network has to learn no more than how a departure from it goes on.

A forecast's error alone says little. MASE divides it by the error, in the training years, of the seasonal-naive forecast,
which says what the same month of the year before had: below 1 is better than that.
"""

from pathlib import Path

import numpy as np

import glassnet as keras
from glassnet.layers import LSTM, Dense, Input

FILE = Path(__file__).parent / "data" / "sea_temperatures.csv"
WINDOW, TEST = 12, 180  # months


def series():
    """732 monthly temperatures in degrees Celsius, and the year they begin with."""
    table = np.loadtxt(FILE, delimiter=",", skiprows=1)
    return table[:, 1:].ravel(), int(table[0, 0])


def windows(values):
    """Each WINDOW months in a row, as (rows, WINDOW, 1), and the month after them."""
    rows = np.lib.stride_tricks.sliding_window_view(values, WINDOW)[:-1]
    return rows[..., None].astype("float32"), values[WINDOW:].astype("float32")


def network():
    """12 months in, the next one out."""
    model = keras.Sequential([Input((WINDOW, 1)), LSTM(16), Dense(1)], seed=0)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
    return model


def bars(year, truth, forecast):
    """A line for every second month: the departure that came, and the one foretold."""
    for month in range(0, len(truth), 2):
        line = [" "] * 60
        for mark, departure in (("|", 0.0), ("o", forecast[month]), ("*", truth[month])):
            line[round(16 + 8 * float(departure))] = mark
        yield f"{year + month // 12}-{month % 12 + 1:02d}  {''.join(line).rstrip()}"


def main():
    """Returns the MASE of each forecast by its name."""
    warmth, begin = series()
    kept = len(warmth) - TEST
    usual = np.tile(warmth[:kept].reshape(-1, 12).mean(0), len(warmth) // 12)
    departure = warmth - usual
    deviation = departure[:kept].std()
    x, y = windows(departure / deviation)
    train = kept - WINDOW  # the windows whose next month is not held back

    model = network()
    model.fit(x[:train], y[:train], epochs=40, batch_size=32, verbose=0)
    model.summary()
    foretold = deviation * model.predict(x[train:])[:, 0]

    forecasts = {
        "the same month a year ago": warmth[kept - 12 : -12],
        "what is usual in that month": usual[kept:],
        "last month's temperature": warmth[kept - 1 : -1],
        "last month's departure goes on": usual[kept:] + departure[kept - 1 : -1],
        "LSTM": usual[kept:] + foretold,
    }
    scale = np.abs(warmth[12:kept] - warmth[: kept - 12]).mean()
    mase = {name: np.abs(warmth[kept:] - forecast).mean() / scale for name, forecast in forecasts.items()}
    print(f"\n{TEST} months held back, {begin + kept // 12} to {begin + len(warmth) // 12 - 1}\n")
    print(f"{'forecast':<32} {'mean error':>10}  {'MASE':>5}")
    for name, ratio in mase.items():
        print(f"{name:<32} {ratio * scale:>7.2f} °C  {ratio:>5.2f}")

    print("\nEl Niño 1997: departures that came (*) and were foretold a month before (o), 8 places a degree")
    print("\n".join(bars(begin + kept // 12, departure[kept : kept + 36], foretold[:36])))
    return mase


if __name__ == "__main__":
    main()
