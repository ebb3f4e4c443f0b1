"""Parting rows into training, validation and test, each class in its share, the same for the same seed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.data.words import counted, quoted, some
from glassnet.foundation.errors import ConfigError, DataError


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """Which rows train, which validate, which test: three ascending index arrays without a row in common.

    Args:
        train: the rows the weights are fitted to.
        validation: the rows that choices are made by, such as when to stop.
        test: the rows that are looked at once, at the end.
        stratified: whether each class has its share in each part.
        seed: the seed it was drawn with.
        target: what the classes are of, for the sentence.
        absent: sentences about classes with too few rows to be in each part.

    Example:
        >>> split = split_rows(10, test=0.2, validation=0.0)
        >>> len(split.train), len(split.test)
        (8, 2)
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    stratified: bool
    seed: int
    target: str = ""
    absent: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Split: {self.sentence()}>"

    def sentence(self) -> str:
        """What was done, such as ``"train 364, validation 91, test 114 rows; stratified on diagnosis; seed 0"``."""
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        sizes = ", ".join(f"{name} {len(rows)}" for name, rows in parts.items() if name == "train" or len(rows))
        how = f"stratified{f' on {self.target}' if self.target else ''}" if self.stratified else "drawn at random"
        return "; ".join([f"{sizes} rows", how, f"seed {self.seed}", *self.absent])


def split_rows(
    n: int,
    classes: Any = None,
    *,
    test: float = 0.2,
    validation: float = 0.2,
    seed: int = 0,
    target: str = "",
) -> Split:
    """|test| = n · test, |validation| = (n - |test|) · validation, the rest trains.

    With classes, each has its share in each part (largest remainder), and a class of at least 3 rows is in all three.

    Args:
        n: the number of rows.
        classes: n classes to stratify by, (n,) of numbers or text, or None.
        test: the share of all rows that test, from 0 and below 1.
        validation: the share of the remaining rows that validate, from 0 and below 1.
        seed: a whole number from 0 on.
        target: what the classes are of, for `Split.sentence`.

    Raises:
        ConfigError: a share or seed out of range.
        DataError: fewer rows than parts, or classes for another number of rows.

    Example:
        >>> split_rows(10, [0, 1] * 5, target="outcome").sentence()
        'train 6, validation 2, test 2 rows; stratified on outcome; seed 0'

    Reference: M. Stone, "Cross-Validatory Choice and Assessment of Statistical Predictions", JRSS B 36, 1974.
    """
    test, validation = _share("test", test), _share("validation", validation)
    seed = _checked_seed(seed)
    rng = np.random.default_rng(seed)
    wanted = ["train", *["validation"] * (validation > 0), *["test"] * (test > 0)]
    if n < len(wanted):
        raise DataError(
            f"Expected at least {counted(len(wanted), 'row')}, one for each part. Received {counted(n, 'row')}. Add "
            f"rows, or set a share to 0."
        )
    names, codes = _codes(classes, n)
    rows = np.arange(n)
    tested = _take(rows, codes, test, len(wanted) - 1, rng)
    rest = np.setdiff1d(rows, tested, assume_unique=True)
    checked = _take(rest, codes[rest], validation, 1, rng)
    parts = {"train": np.setdiff1d(rest, checked, assume_unique=True), "validation": checked, "test": tested}
    if classes is not None and not all(len(parts[name]) for name in wanted):
        # Too few rows of every class: a part without rows would be worse than one drawn regardless of the classes.
        return split_rows(n, None, test=test, validation=validation, seed=seed, target=target)
    absent = tuple(said for name in wanted if (said := _absent(names, codes, name, parts[name])))
    return Split(**parts, stratified=classes is not None, seed=seed, target=target, absent=absent)


def stratified_validation_rows(y: Any, fraction: float = 0.2, seed: int = 0) -> Split:
    """A split into training and validation alone, stratified when `y` holds classes.

    Classes are: one-hot rows, truth values, or whole numbers with at most n / 2 different ones.

    Args:
        y: n targets: (n,), (n, 1) or (n, k).
        fraction: the share that validates, from 0 and below 1.
        seed: a whole number from 0 on.

    Raises:
        ConfigError: a share or seed out of range.
        DataError: fewer rows than parts.

    Example:
        >>> stratified_validation_rows(np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])).sentence()
        'train 8, validation 2 rows; stratified; seed 0'

    Reference: R. Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection",
        IJCAI 1995.
    """
    y = np.asarray(y)
    return split_rows(len(y), class_numbers(y), test=0.0, validation=fraction, seed=seed)


def class_numbers(y: np.ndarray) -> np.ndarray | None:
    """The class of each row of a target array, or None when it does not hold classes.

    Example:
        >>> class_numbers(np.array([[0, 1], [1, 0]])), class_numbers(np.array([0.5, 1.5])) is None
        (array([1, 0]), True)
    """
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim == 2 and y.shape[1] > 1 and bool(np.all((y == 0) | (y == 1))) and bool(np.all(y.sum(axis=1) == 1)):
        return y.argmax(axis=1)
    if y.ndim != 1 or y.dtype.kind not in "biuf" or not bool(np.all(y == np.floor(y))):
        return None
    values, codes = np.unique(y, return_inverse=True)
    return codes if 2 <= len(values) <= max(2, len(y) // 2) else None


def _share(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 <= value < 1:
        raise ConfigError(
            f"Expected the share `{name}` from 0 and below 1. Received {value!r}. Pass a share such as 0.2."
        )
    return float(value)


def _checked_seed(seed: Any) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ConfigError(f"Expected `seed` to be a whole number from 0 on. Received {seed!r}. Pass 0, for example.")
    return int(seed)


def _codes(classes: Any, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The different classes, and for each row the place of its own among them; a single class when none are given."""
    found = np.zeros(n, dtype=np.int64) if classes is None else np.asarray(classes)
    if found.shape != (n,):
        raise DataError(
            f"Expected one class for each of {counted(n, 'row')}. Received an array of shape {found.shape}. Pass the "
            f"classes of the same rows."
        )
    return np.unique(found, return_inverse=True)


def _take(rows: np.ndarray, codes: np.ndarray, share: float, parts_after: int, rng: np.random.Generator) -> np.ndarray:
    """About `share` of the rows, each class in its share; `parts_after` more parts want a row of each class."""
    if share == 0 or not len(rows):
        return rows[:0]
    sizes = np.bincount(codes)
    # A class gives one row at least if it can still serve the other parts, and always leaves one to train on.
    least = (sizes > parts_after).astype(np.int64)
    most = np.maximum(np.where(sizes > parts_after, sizes - parts_after, sizes - 1), 0)
    total = max(1, int(np.floor(len(rows) * share + 0.5)))
    counts = _apportion(sizes * share, least, most, total)
    chosen = [rng.permutation(rows[codes == code])[:count] for code, count in enumerate(counts)]
    return np.sort(np.concatenate(chosen))


def _apportion(quotas: np.ndarray, least: np.ndarray, most: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers near the quotas, within bounds, that sum to `total` as far as the bounds allow."""
    counts = np.clip(np.floor(quotas).astype(np.int64), least, most)
    total = int(np.clip(total, least.sum(), most.sum()))
    while counts.sum() != total:
        step = 1 if counts.sum() < total else -1
        free = counts < most if step > 0 else counts > least
        counts[int(np.argmax(np.where(free, step * (quotas - counts), -np.inf)))] += step
    return counts


def _absent(names: np.ndarray, codes: np.ndarray, part: str, rows: np.ndarray) -> str:
    """A sentence about the classes that a part has no row of, or nothing."""
    gone = names[np.bincount(codes[rows], minlength=len(names)) == 0]
    each = "class" if len(gone) == 1 else "classes"
    return f"no row of {each} {some([quoted(name) for name in gone.tolist()], 5)} in {part}" if len(gone) else ""
