"""What one neuron can learn and what it cannot: AND and OR, but not XOR.

A perceptron answers 1 where w·x + b is at least 0: on one side of a straight line. AND and OR have such a line. XOR has
none, since 0 1 and 1 0 lie on the one diagonal and 0 0 and 1 1 on the other: `fit` finds out, and says so.
"""

import textwrap
import warnings

from glassnet import Perceptron

ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]]
GATES = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}


def learn(targets):
    """A perceptron after its training, and what it had to complain about."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        perceptron = Perceptron(learning_rate=1, epochs=10).fit(ROWS, targets)
    return perceptron, [str(warning.message) for warning in caught]


def main():
    """Returns the share of rows each gate's perceptron gets right."""
    scores = {}
    for gate, targets in GATES.items():
        perceptron, complaints = learn(targets)
        (w1, w2), (b,) = perceptron.coef_[0], perceptron.intercept_
        scores[gate] = perceptron.score(ROWS, targets)
        answers = perceptron.predict(ROWS).tolist()
        print(f"{gate:<4} wanted {targets}  answers {answers}  right {scores[gate]:.0%}")
        print(f"     mistakes by epoch: {' '.join(map(str, perceptron.errors_))}")
        if perceptron.separable_:
            print(f"     its line: {w1:+.0f} x1 {w2:+.0f} x2 {b:+.0f} = 0\n")
        else:
            print(textwrap.fill(" ".join(complaints), 110, initial_indent="     ", subsequent_indent="     "))
    return scores


if __name__ == "__main__":
    main()
