"""Small data sets as arrays x and y: classic ones, and those of `generated`.

The classic ones are read from scikit-learn's files without importing it, which would take most of a second.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from glassnet.data.generated import make_blobs, make_circles, make_moons, make_sine, make_spirals, make_xor
from glassnet.foundation.errors import DataError

__all__ = [
    "load_breast_cancer",
    "load_diabetes",
    "load_digits",
    "load_iris",
    "load_wine",
    "make_blobs",
    "make_circles",
    "make_moons",
    "make_sine",
    "make_spirals",
    "make_xor",
]


@lru_cache(maxsize=8)
def read_shipped(file: str, delimiter: str = ",", skip: int = 0) -> np.ndarray:
    """A file of numbers from scikit-learn's data folder, as a float64 array that cannot be written to.

    Raises:
        DataError: scikit-learn is not installed, or has no such file.
    """
    spec = find_spec("sklearn")
    path = Path(spec.origin).parent / "datasets" / "data" / file if spec and spec.origin else None
    if path is None or not path.is_file():
        raise DataError(
            f"Expected scikit-learn to be installed, whose files hold this data set. {file!r} was not found. Install "
            f"it with `pip install scikit-learn`."
        )
    values = np.loadtxt(path, delimiter=delimiter, skiprows=skip, dtype=np.float64)
    values.flags.writeable = False
    return values


def _inputs_and_classes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values[:, :-1].astype(np.float32), values[:, -1].astype(np.int32)


def load_breast_cancer() -> tuple[np.ndarray, np.ndarray]:
    """569 tumours, 30 measurements each, benign or not: x (569, 30) float32, y (569,) int32.

    y is 0 for malignant and 1 for benign, as in scikit-learn.

    Raises:
        DataError: scikit-learn is not installed.

    Example:
        >>> x, y = load_breast_cancer()
        >>> x.shape, int(y.sum())
        ((569, 30), 357)

    Reference: W. N. Street, W. H. Wolberg, O. L. Mangasarian, "Nuclear feature extraction for breast tumor diagnosis",
        1993.
    """
    return _inputs_and_classes(read_shipped("breast_cancer.csv", skip=1))


def load_iris() -> tuple[np.ndarray, np.ndarray]:
    """150 flowers of three species, 4 lengths in cm: x (150, 4) float32, y (150,) int32.

    y is 0 for setosa, 1 for versicolor, 2 for virginica.

    Raises:
        DataError: scikit-learn is not installed.

    Example:
        >>> x, y = load_iris()
        >>> x[0].tolist(), np.bincount(y).tolist()
        ([5.099999904632568, 3.5, 1.399999976158142, 0.20000000298023224], [50, 50, 50])

    Reference: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7, 1936.
    """
    return _inputs_and_classes(read_shipped("iris.csv", skip=1))


def load_wine() -> tuple[np.ndarray, np.ndarray]:
    """178 wines of three growers, 13 chemical measurements: x (178, 13) float32, y (178,) int32 from 0 to 2.

    Raises:
        DataError: scikit-learn is not installed.

    Example:
        >>> load_wine()[0].shape
        (178, 13)

    Reference: M. Forina et al., "PARVUS: An Extendible Package for Data Exploration, Classification and Correlation",
        1988.
    """
    return _inputs_and_classes(read_shipped("wine_data.csv", skip=1))


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """1797 handwritten digits of 8 × 8 grey values from 0 to 16: x (1797, 64) float32, row by row, y (1797,) int32.

    Raises:
        DataError: scikit-learn is not installed.

    Example:
        >>> x, y = load_digits()
        >>> x.reshape(-1, 8, 8, 1).shape, y[:4].tolist()
        ((1797, 8, 8, 1), [0, 1, 2, 3])

    Reference: C. Kaynak, "Methods of Combining Multiple Classifiers and Their Applications to Handwritten Digit
        Recognition", 1995.
    """
    return _inputs_and_classes(read_shipped("digits.csv.gz"))


def load_diabetes(*, scaled: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """442 patients, 10 measurements, and how far the disease had gone a year later: x (442, 10), y (442,), float32.

    Args:
        scaled: whether each column of x has mean 0 and length 1, as in scikit-learn, instead of its own unit.

    Raises:
        DataError: scikit-learn is not installed.

    Example:
        >>> x, y = load_diabetes(scaled=False)
        >>> x.shape, float(y[0])
        ((442, 10), 151.0)

    Reference: B. Efron, T. Hastie, I. Johnstone, R. Tibshirani, "Least Angle Regression", Annals of Statistics 32,
        2004.
    """
    x = read_shipped("diabetes_data_raw.csv.gz", delimiter=" ")
    y = read_shipped("diabetes_target.csv.gz")
    if scaled:
        x = (x - x.mean(axis=0)) / (x.std(axis=0) * np.sqrt(len(x)))
    return x.astype(np.float32), y.astype(np.float32)
