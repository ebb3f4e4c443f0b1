"""Built-in tables by name, ready for ``glassnet train``: the classic ones and the drawn ones, with column names."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from glassnet.data import generated
from glassnet.data.columns import Column, column_of
from glassnet.data.datasets import read_shipped
from glassnet.data.table import Table
from glassnet.data.words import near
from glassnet.foundation.errors import UnknownNameError

_UCI = "ships with scikit-learn (BSD-3-Clause)"
_OWN = "none needed: drawn by a formula"
_MEASURES = (
    *("radius", "texture", "perimeter", "area", "smoothness"),
    *("compactness", "concavity", "concave points", "symmetry", "fractal dimension"),
)
_WINE = (
    *("alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids"),
    *("nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines", "proline"),
)


@dataclass(frozen=True, eq=False, repr=False)
class SampleTable(Table):
    """A built-in table that knows what to predict and where it comes from.

    Args:
        target: the column to predict.
        description: what the rows and columns are, in a sentence or two.
        licence: under which terms the data may be used.
        source: who made it, and where it is published.

    Example:
        >>> flowers = load_sample("iris")
        >>> flowers.target, flowers.rows
        ('species', 150)
    """

    target: str = ""
    description: str = ""
    licence: str = ""
    source: str = ""


def _text(names: tuple[str, ...], codes: np.ndarray) -> list[str]:
    return [names[int(code)] for code in codes]


def _shipped(file: str, inputs: tuple[str, ...], target: str, classes: tuple[str, ...]) -> dict[str, Column]:
    values = read_shipped(file, skip=1)
    columns = {name: column_of(name, values[:, place]) for place, name in enumerate(inputs)}
    return columns | {target: column_of(target, _text(classes, values[:, -1]))}


def _breast_cancer() -> SampleTable:
    inputs = tuple(f"mean {m}" for m in _MEASURES) + tuple(f"{m} error" for m in _MEASURES)
    inputs += tuple(f"worst {m}" for m in _MEASURES)
    return SampleTable(
        _shipped("breast_cancer.csv", inputs, "diagnosis", ("malignant", "benign")),
        target="diagnosis",
        description="569 breast tumours: 30 measurements of their cell nuclei, and whether each was malignant.",
        licence=_UCI,
        source="W. H. Wolberg, W. N. Street, O. L. Mangasarian, UCI Machine Learning Repository, doi:10.24432/C5DW2B",
    )


def _iris() -> SampleTable:
    inputs = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    return SampleTable(
        _shipped("iris.csv", inputs, "species", ("setosa", "versicolor", "virginica")),
        target="species",
        description="150 iris flowers of three species, with the lengths and widths of their leaves in cm.",
        licence=_UCI,
        source="R. A. Fisher, 1936; UCI Machine Learning Repository, doi:10.24432/C56C76",
    )


def _wine() -> SampleTable:
    return SampleTable(
        _shipped("wine_data.csv", _WINE, "grower", ("class_0", "class_1", "class_2")),
        target="grower",
        description="178 wines from one region of Italy: 13 chemical measurements, and which of three growers made it.",
        licence=_UCI,
        source="S. Aeberhard, M. Forina, UCI Machine Learning Repository, doi:10.24432/C5PC7J",
    )


def _digits() -> SampleTable:
    values = read_shipped("digits.csv.gz")
    columns = {f"pixel_{place // 8}_{place % 8}": values[:, place] for place in range(64)}
    made = {name: column_of(name, cells) for name, cells in columns.items()}
    return SampleTable(
        made | {"digit": column_of("digit", values[:, -1])},
        target="digit",
        description="1797 handwritten digits of 8 x 8 grey values from 0 (paper) to 16 (ink), and which digit it is.",
        licence=_UCI,
        source="E. Alpaydin, C. Kaynak, UCI Machine Learning Repository, doi:10.24432/C50P49",
    )


def _diabetes() -> SampleTable:
    names = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    values = read_shipped("diabetes_data_raw.csv.gz", delimiter=" ")
    columns = {name: column_of(name, values[:, place]) for place, name in enumerate(names)}
    return SampleTable(
        columns | {"progression": column_of("progression", read_shipped("diabetes_target.csv.gz"))},
        target="progression",
        description="442 patients with diabetes: age, sex, body mass, blood pressure and six blood values, "
        "and a measure of how far the disease had gone a year later.",
        licence="no terms stated by the authors; ships with scikit-learn (BSD-3-Clause)",
        source="B. Efron, T. Hastie, I. Johnstone, R. Tibshirani, 'Least Angle Regression', Ann. Stat. 32, 2004",
    )


def _drawn(
    draw: Callable[..., tuple[np.ndarray, np.ndarray]], target: str, description: str, **arguments: float
) -> Callable[[], SampleTable]:
    def make() -> SampleTable:
        x, y = draw(**arguments)
        names = ("x1", "x2") if x.shape[1] == 2 else ("x",)
        columns = {name: column_of(name, x[:, place]) for place, name in enumerate(names)}
        return SampleTable(
            columns | {target: column_of(target, y)},
            target=target,
            description=description,
            licence=_OWN,
            source="glassnet",
        )

    return make


_SAMPLES: dict[str, Callable[[], SampleTable]] = {
    "blobs": _drawn(generated.make_blobs, "label", "Three round clouds of points in the plane."),
    "breast-cancer": _breast_cancer,
    "circles": _drawn(generated.make_circles, "label", "A noisy circle of points inside another one."),
    "diabetes": _diabetes,
    "digits": _digits,
    "iris": _iris,
    "moons": _drawn(generated.make_moons, "label", "Two interleaved half circles of points, with noise."),
    "sine": _drawn(generated.make_sine, "y", "One wave of a sine with noise: a curve to fit."),
    "spirals": _drawn(generated.make_spirals, "label", "Two spirals wound into each other: hard for a small network."),
    "wine": _wine,
    "xor": _drawn(
        generated.make_xor,
        "label",
        "Points around the corners of a square; 1 where one of both is 1.",
        rows=200,
        noise=0.1,
    ),
}


def sample_names() -> list[str]:
    """The names of the built-in tables, sorted.

    Example:
        >>> "breast-cancer" in sample_names()
        True
    """
    return sorted(_SAMPLES)


def load_sample(name: str) -> SampleTable:
    """A built-in table by name; an underscore counts as a hyphen.

    Args:
        name: one of `sample_names()`.

    Raises:
        UnknownNameError: no such table; the message holds the nearest names.
        DataError: scikit-learn, whose files hold the classic ones, is not installed.

    Example:
        >>> table = load_sample("iris")
        >>> table, table.target
        (<Table 'iris': 150 rows, 5 columns>, 'species')

    Reference: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7, 1936.
    """
    key = str(name).replace("_", "-")
    if key not in _SAMPLES:
        raise UnknownNameError(
            f"Expected the name of a built-in table. Received {name!r}{near(str(name), sample_names()) or '.'} "
            f"Known: {', '.join(sample_names())}."
        )
    return replace(_SAMPLES[key](), name=key)
