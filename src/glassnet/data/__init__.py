"""Tables and arrays: read, checked, split and prepared, with statistics of the training rows alone.

The way of a table: `read_table` or `load_sample`, `plan_target`, `split_rows`, `TablePreparation.fit` on the training
rows, then `transform` and `encode_target` for each part.
"""

from glassnet.data.arrays import as_array, check_finite, check_same_rows
from glassnet.data.batches import batched, epoch_order
from glassnet.data.columns import Column
from glassnet.data.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
    make_blobs,
    make_circles,
    make_moons,
    make_sine,
    make_spirals,
    make_xor,
)
from glassnet.data.preparation import TablePreparation
from glassnet.data.reading import read_table
from glassnet.data.samples import SampleTable, load_sample, sample_names
from glassnet.data.sampling import BalancedBatches, balanced_weights, class_counts, class_labels
from glassnet.data.split import Split, split_rows, stratified_validation_rows
from glassnet.data.streaming import ArrayBatches, ParquetBatches, StoredBatches, is_mapped, prefetched
from glassnet.data.table import Table
from glassnet.data.task import TargetPlan, plan_target

__all__ = [
    "ArrayBatches",
    "BalancedBatches",
    "Column",
    "ParquetBatches",
    "SampleTable",
    "Split",
    "StoredBatches",
    "Table",
    "TablePreparation",
    "TargetPlan",
    "as_array",
    "balanced_weights",
    "batched",
    "check_finite",
    "check_same_rows",
    "class_counts",
    "class_labels",
    "epoch_order",
    "is_mapped",
    "load_breast_cancer",
    "load_diabetes",
    "load_digits",
    "load_iris",
    "load_sample",
    "load_wine",
    "make_blobs",
    "make_circles",
    "make_moons",
    "make_sine",
    "make_spirals",
    "make_xor",
    "plan_target",
    "prefetched",
    "read_table",
    "sample_names",
    "split_rows",
    "stratified_validation_rows",
]
