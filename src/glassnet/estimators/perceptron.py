"""The perceptron: one neuron with a step, and the rule by which it learns from its mistakes."""

import copy
import warnings
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from glassnet.estimators.corrections import PerceptronXRay, Step, seen_through
from glassnet.estimators.labelled_rows import counted, labels_of, net_input, table_of, with_ones
from glassnet.estimators.separability import is_separable
from glassnet.foundation.errors import ConfigError, DataError, NotBuiltError
from glassnet.foundation.registry import Configurable, did_you_mean, parameters
from glassnet.foundation.shapes import int_or_none, positive_int
from glassnet.foundation.types import ArrayLike, HostArray
from glassnet.optimizers.checks import number

_BOUNDARY = {1: "single threshold", 2: "straight line", 3: "flat plane"}


class NotSeparableWarning(UserWarning):
    """No perceptron can learn these rows: the two classes cannot be parted by a flat boundary.

    Warns: ``Perceptron().fit(X, [0, 1, 1, 0])`` on XOR. Fixed: a network with a hidden layer.
    """


class NotConvergedWarning(UserWarning):
    """The epochs ended with mistakes left, on rows that a perceptron can (or may) learn.

    Warns: ``Perceptron(epochs=1).fit(X, [0, 0, 0, 1])``. Fixed: more epochs.
    """


class Perceptron(Configurable):
    """ŷ = 1 if w·x + b ≥ 0 else 0;  after each row: w ← w + α (y - ŷ) x,  b ← b + α (y - ŷ).

    One neuron. A row it gets right changes nothing; a row it gets wrong pulls the boundary towards the right side of
    it. If a flat boundary between the classes exists, this finds one in a finite number of corrections; if none exists
    (XOR), it never settles, and `fit` says so.

    Weights start at 0, so α only sets their scale: the decisions are the same for every α, up to rounding.

    Args:
        learning_rate: α, above 0.
        epochs: the most passes over the rows, at least 1; an epoch without a mistake ends it sooner.
        shuffle: whether each epoch visits the rows in a new order.
        random_state: the seed of that order, an integer of at least 0 or a NumPy `Generator`; None for another order
            each time.
        keep_path: whether to keep (w, b) after each correction, in `path_`.

    After `fit`:
        - ``coef_``, shape (1, columns), and ``intercept_``, shape (1,): w and b.
        - ``classes_``: the two labels, sorted; the second is the one that ŷ = 1 stands for.
        - ``errors_``: the number of mistakes in each epoch, and ``n_iter_``, the number of epochs.
        - ``converged_``: whether the final weights get every row right.
        - ``separable_``: whether any flat boundary gets every row right; None where that took too long to decide.
        - ``n_features_in_``: the number of columns; ``path_``: the corrections, or None without `keep_path`.

    Example:
        >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
        >>> perceptron = Perceptron().fit(X, ["no", "no", "no", "yes"])
        >>> perceptron.predict(X).tolist()
        ['no', 'no', 'no', 'yes']
        >>> perceptron.errors_
        [2, 3, 3, 0]

    Reference:
        Rosenblatt, "The perceptron: a probabilistic model for information storage and organization in the brain",
        Psychological Review 65, 1958; that it ends: Novikoff, "On convergence proofs on perceptrons", 1962.
    """

    _estimator_type = "classifier"  # where scikit-learn before 1.6 looks

    def __init__(
        self,
        learning_rate: float = 0.1,
        epochs: int = 10,
        shuffle: bool = False,
        random_state: int | np.random.Generator | None = None,
        keep_path: bool = False,
    ) -> None:
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.shuffle = shuffle
        self.random_state = random_state
        self.keep_path = keep_path

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from the rows, one after the other.

        Args:
            X: the rows, shape (rows, columns), finite numbers.
            y: their labels, shape (rows,), of exactly two kinds.

        Returns:
            This perceptron.

        Raises:
            ConfigError: an argument of the constructor is out of range.
            DataError: `X` is no table, a cell is missing or no number, or the labels are not of two kinds, one a row.
        """
        self._learn(X, y)
        if (trouble := self._trouble()) is not None:
            warnings.warn(*trouble, stacklevel=2)
        return self

    def xray(self, X: ArrayLike, y: ArrayLike) -> "PerceptronXRay":
        """w ← w + α (y - ŷ) x with its numbers: each correction that `fit` makes on these rows, and the line moving.

        This perceptron stays as it is: a copy learns from the rows, from weights of 0.

        Args:
            X: the rows, as in `fit`.
            y: their labels, likewise.

        Returns:
            A `PerceptronXRay`: printed, it is text; in a notebook it is a page; `plot` draws the line after each
            correction, `to_dict` has all the numbers. Where the rule does not converge, it says why.

        Raises:
            ConfigError, DataError: as in `fit`.

        Example:
            >>> seen = Perceptron().xray([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
            >>> print(seen.corrections[1])
            2  epoch 1, row 3: x = (1, 1), y = 1
               w·x + b = 0 × 1 + 0 × 1 + (-0.1) = -0.1 < 0, so ŷ = 0; y - ŷ = 1
               w ← w + α (y - ŷ) x = (0, 0) + 0.1 × 1 × (1, 1) = (0.1, 0.1)
               b ← b + α (y - ŷ) = -0.1 + 0.1 × 1 = 0
               the line: 0.1 x[0] + 0.1 x[1] = 0
        """
        learner = Perceptron(**copy.deepcopy(self.get_params()))
        steps: list[Step] = []
        learner._learn(X, y, steps.append)
        names = tuple(map(str, getattr(X, "columns", range(learner.n_features_in_))))
        return seen_through(learner, table_of(X), labels_of(y, len(table_of(X))), steps, names)

    def _learn(self, X: ArrayLike, y: ArrayLike, watch: Callable[[Step], None] = lambda step: None) -> None:
        """Everything that `fit` does but warn; `watch` is told of each correction."""
        rate, epochs, rng = self._checked_arguments()
        rows, target = self._checked_rows(X, y)
        weights = np.zeros(rows.shape[1])
        self.errors_: list[int] = []
        self.path_: list[tuple[HostArray, float]] | None = [] if self.keep_path else None

        for epoch in range(epochs):
            mistakes = 0
            for i in rng.permutation(len(rows)) if self.shuffle else range(len(rows)):
                z = rows[i] @ weights
                prediction = 1 if z >= 0 else 0
                if prediction != target[i]:
                    before, weights = weights, weights + rate * (target[i] - prediction) * rows[i]
                    mistakes += 1
                    watch(Step(epoch + 1, int(i), float(z), before, weights))
                    if self.path_ is not None:
                        self.path_.append((weights[1:], float(weights[0])))
            self.errors_.append(mistakes)
            if mistakes == 0:
                break

        self.intercept_, self.coef_ = weights[:1], weights[np.newaxis, 1:]
        self.n_iter_ = len(self.errors_)
        self.converged_ = bool(np.all((net_input(rows, weights) >= 0) == target))
        self.separable_ = True if self.converged_ else is_separable(rows[:, 1:], target)
        self._rows_seen = len(rows)

    def decision_function(self, X: ArrayLike) -> HostArray:
        """w·x + b for each row, shape (rows,): at least 0 for the second class, below 0 for the first.

        Raises:
            NotBuiltError: `fit` has not run.
            DataError: a cell is missing or no number, or `X` has another number of columns than in `fit`.
        """
        if not hasattr(self, "coef_"):
            raise NotBuiltError(
                "Expected a fitted Perceptron. Received one whose fit has not run. Call fit(X, y) with labelled rows "
                "first."
            )
        rows = table_of(X)
        if rows.shape[1] != self.n_features_in_:
            raise DataError(
                f"X has {rows.shape[1]} features, but Perceptron is expecting {self.n_features_in_} features as input. "
                f"Received other columns than fit saw; pass the same ones."
            )
        return net_input(with_ones(rows), np.concatenate([self.intercept_, self.coef_[0]]))

    def predict(self, X: ArrayLike) -> HostArray:
        """The label of each row, shape (rows,). Raises as `decision_function` does."""
        second = self.decision_function(X) >= 0
        return self.classes_[second.astype(int)]

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """The share of rows whose label is predicted, from 0 to 1. Raises as `decision_function` does.

        Raises:
            DataError: there is not one label a row.
        """
        predicted = self.predict(X)
        return float(np.mean(predicted == labels_of(y, len(predicted))))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments, as scikit-learn asks for them."""
        return {name: getattr(self, name) for name, _ in parameters(type(self))}

    def set_params(self, **params: Any) -> Self:
        """Assign arguments of the constructor; `fit` checks them.

        Raises:
            ConfigError: there is no such argument.
        """
        known = list(self.get_params())
        for name, value in params.items():
            if name not in known:
                raise ConfigError(
                    f"Expected an argument of Perceptron. Received {name!r}{did_you_mean(name, known) or '.'} It "
                    f"takes: {', '.join(known)}."
                )
            setattr(self, name, value)
        return self

    # A fitted perceptron is itself and no other, however alike two settings are.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn wants to know of a classifier: two classes, dense numbers."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(multi_class=False),
            input_tags=InputTags(),
        )

    def _checked_arguments(self) -> tuple[float, int, np.random.Generator]:
        rate = number("learning_rate", self.learning_rate, owner="Perceptron", above_zero=True)
        epochs = positive_int("epochs", self.epochs, owner="Perceptron")
        seed = self.random_state
        if not isinstance(seed, np.random.Generator | None) and (int_or_none(seed) is None or seed < 0):
            raise ConfigError(
                f"Perceptron expected `random_state` as a whole number of at least 0, a NumPy Generator or None. "
                f"Received {seed!r}. Pass 0."
            )
        return rate, epochs, np.random.default_rng(seed)

    def _checked_rows(self, X: ArrayLike, y: ArrayLike) -> tuple[HostArray, HostArray]:
        table = table_of(X)
        labels = labels_of(y, len(table))
        try:
            classes, target = np.unique(labels, return_inverse=True)
        except TypeError as error:
            raise DataError(
                f"Perceptron expected labels of one kind. Received a mixture that has no order: {error}. Write all of "
                f"them as text, or all as numbers."
            ) from error
        if len(classes) != 2:
            shown = ", ".join(map(repr, classes[:5].tolist())) + (", ..." if len(classes) > 5 else "")
            advice = "Pass rows of both classes" if len(classes) == 1 else "Use a network with one output a class"
            raise DataError(
                f"Perceptron expected labels of exactly two classes. Received {len(classes)}: {shown}. {advice}."
            )
        self.classes_, self.n_features_in_ = classes, table.shape[1]
        return with_ones(table), target.reshape(-1)

    def _trouble(self) -> tuple[str, type[UserWarning]] | None:
        """What went wrong in learning, and which warning says it; None where nothing did."""
        if self.converged_:
            return None
        best = counted(min(self.errors_), "mistake")
        after = f"In {counted(self.n_iter_, 'epoch')} the best made {best} on {self._rows_seen} rows."
        if self.separable_ is False:
            flat = _BOUNDARY.get(self.n_features_in_, f"flat boundary in {self.n_features_in_} dimensions")
            return (
                f"The data is not linearly separable: no {flat} has all of one class on one side and all of the other "
                f"on the other, so a perceptron never stops making mistakes. {after} Add a hidden layer, which bends "
                f"the boundary: Sequential([Dense(8, activation='tanh'), Dense(1, activation='sigmoid')]).",
                NotSeparableWarning,
            )
        known = "is linearly separable" if self.separable_ else "may or may not be linearly separable"
        return (
            f"The data {known}, but the perceptron needs more epochs. {after} Pass a larger number, such as "
            f"epochs={10 * self.n_iter_}.",
            NotConvergedWarning,
        )
