"""Write metrics.json: what Keras says each metric is after one batch, and after a second one with weights.

Run by hand with Keras installed: ``python tests/oracles/metrics.py``.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

N, K = 6, 3


def batch(seed):
    random = np.random.RandomState(seed)
    logits = random.normal(scale=1.5, size=(N, K)).round(3)
    sigmoid, exp, ids = 1 / (1 + np.exp(-logits)), np.exp(logits), random.randint(0, K, N)
    arrays = {
        "logits": logits,
        "sigmoid": sigmoid,
        "softmax": exp / exp.sum(-1, keepdims=True),
        "positive": random.uniform(0.1, 3.0, (N, K)),
        "targets": random.uniform(0.1, 3.0, (N, K)),
        "signed": random.normal(size=(N, K)),
        "bits": (random.uniform(size=(N, K)) > 0.5) * 1.0,
        "onehot": np.eye(K)[ids],
        "ids": ids,
        "guesses": random.randint(0, K, N),
        "one_bit": (random.uniform(size=N) > 0.5) * 1.0,
        "one_probability": random.uniform(size=N),
    }
    return {name: np.asarray(value).round(4).tolist() for name, value in arrays.items()}


BATCHES = [batch(3), batch(4)]
WEIGHTS = [0.5, 2.0, 0.0, 1.0, 3.0, 0.25]

MARKS, CLASSES, LABELS, NUMBERS = ("bits", "sigmoid"), ("onehot", "softmax"), ("ids", "softmax"), ("signed", "logits")
REGIONS, ONE = ("ids", "guesses"), ("one_bit", "one_probability")
CASES = [
    ("Mean", {}, "signed", None),
    ("Sum", {}, "signed", None),
    ("Accuracy", {}, *REGIONS),
    ("BinaryAccuracy", {}, *MARKS),
    ("BinaryAccuracy", {"threshold": 0.3}, *MARKS),
    ("BinaryAccuracy", {}, *ONE),
    ("CategoricalAccuracy", {}, *CLASSES),
    ("SparseCategoricalAccuracy", {}, *LABELS),
    ("TopKCategoricalAccuracy", {"k": 2}, *CLASSES),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, *LABELS),
    ("TruePositives", {}, *MARKS),
    ("TruePositives", {"thresholds": [0.3, 0.5, 0.7]}, *MARKS),
    ("FalsePositives", {"thresholds": 0.4}, *MARKS),
    ("TrueNegatives", {}, *MARKS),
    ("FalseNegatives", {}, *MARKS),
    ("Precision", {}, *MARKS),
    ("Precision", {"thresholds": [0.0, 0.5, 1.0]}, *MARKS),
    ("Precision", {"top_k": 2}, *MARKS),
    ("Precision", {"class_id": 1}, *MARKS),
    ("Precision", {"top_k": 1, "class_id": 2}, *CLASSES),
    ("Recall", {}, *MARKS),
    ("Recall", {"thresholds": [0.3, 0.6]}, *MARKS),
    ("Recall", {"top_k": 1}, *CLASSES),
    ("Recall", {"class_id": 0}, *MARKS),
    ("SensitivityAtSpecificity", {"specificity": 0.6}, *MARKS),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6, "num_thresholds": 20}, *MARKS),
    ("PrecisionAtRecall", {"recall": 0.7, "class_id": 1}, *MARKS),
    ("RecallAtPrecision", {"precision": 0.6}, *MARKS),
    ("AUC", {}, *ONE),
    ("AUC", {"curve": "PR"}, *MARKS),
    ("AUC", {"curve": "PR", "summation_method": "majoring", "num_thresholds": 10}, *MARKS),
    ("AUC", {"curve": "PRGAIN", "num_thresholds": 10}, *MARKS),
    ("AUC", {"summation_method": "minoring", "num_thresholds": 10}, *MARKS),
    ("AUC", {"thresholds": [0.1, 0.4, 0.75]}, *MARKS),
    ("AUC", {"multi_label": True}, *MARKS),
    ("AUC", {"multi_label": True, "curve": "PR", "label_weights": [0.2, 1.0, 3.0]}, *MARKS),
    ("AUC", {"label_weights": [0.2, 1.0, 3.0]}, *MARKS),
    ("AUC", {"from_logits": True}, "bits", "logits"),
    ("FBetaScore", {"beta": 2.0}, *CLASSES),
    ("FBetaScore", {"average": "micro", "beta": 0.5, "threshold": 0.4}, *MARKS),
    ("F1Score", {}, *CLASSES),
    ("F1Score", {"average": "macro", "threshold": 0.5}, *MARKS),
    ("F1Score", {"average": "weighted"}, *CLASSES),
    ("R2Score", {}, *NUMBERS),
    ("R2Score", {"class_aggregation": None}, *NUMBERS),
    ("R2Score", {"class_aggregation": "variance_weighted_average"}, *NUMBERS),
    ("MeanSquaredError", {}, *NUMBERS),
    ("RootMeanSquaredError", {}, *NUMBERS),
    ("MeanAbsoluteError", {}, *NUMBERS),
    ("MeanAbsolutePercentageError", {}, *NUMBERS),
    ("MeanSquaredLogarithmicError", {}, "targets", "positive"),
    ("LogCoshError", {}, *NUMBERS),
    ("CosineSimilarity", {}, *NUMBERS),
    ("Hinge", {}, "bits", "logits"),
    ("SquaredHinge", {}, "bits", "logits"),
    ("CategoricalHinge", {}, "onehot", "logits"),
    ("KLDivergence", {}, "softmax", "sigmoid"),
    ("Poisson", {}, "targets", "positive"),
    ("BinaryCrossentropy", {"label_smoothing": 0.1}, *MARKS),
    ("BinaryCrossentropy", {"from_logits": True}, "bits", "logits"),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1}, *CLASSES),
    ("CategoricalCrossentropy", {"from_logits": True}, "onehot", "logits"),
    ("SparseCategoricalCrossentropy", {}, *LABELS),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, "ids", "logits"),
    ("PearsonCorrelation", {}, *NUMBERS),
    ("ConcordanceCorrelation", {}, *NUMBERS),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2], "dtype": "float32"}, *REGIONS),
    ("IoU", {"num_classes": 3, "target_class_ids": [2, 1]}, *REGIONS),
    ("BinaryIoU", {"threshold": 0.4, "dtype": "float32"}, *ONE),
    ("MeanIoU", {"num_classes": 3, "ignore_class": 1, "dtype": "float32"}, *REGIONS),
    ("OneHotIoU", {"num_classes": 3, "target_class_ids": [0, 2], "dtype": "float32"}, *CLASSES),
    ("OneHotMeanIoU", {"num_classes": 3, "dtype": "float32"}, *CLASSES),
]


def answers(name, settings, target, output):
    """The name, and the results after one batch and after two."""
    metric = getattr(keras.metrics, name)(**settings)
    results = []
    for arrays, weights in zip(BATCHES, (None, np.array(WEIGHTS)), strict=True):
        given = [np.array(arrays[part]) for part in (target, output) if part is not None]
        metric.update_state(*given, sample_weight=weights)
        results.append(np.asarray(metric.result(), float).round(7).tolist())
    return {"name": getattr(keras.metrics, name)(**settings).name.rstrip("_0123456789"), "results": results}


if __name__ == "__main__":
    cases = [
        {"class": name, "settings": settings, "target": target, "output": output}
        | answers(name, settings, target, output)
        for name, settings, target, output in CASES
    ]
    stored = {"keras": keras.__version__, "batches": BATCHES, "weights": WEIGHTS}
    lines = ",\n".join(json.dumps(case) for case in cases)
    Path(__file__).with_suffix(".json").write_text(json.dumps(stored)[:-1] + ', "cases": [\n' + lines + "\n]}\n")
