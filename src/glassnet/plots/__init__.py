"""Drawings from arrays: SVG for pages and notebooks, characters for terminals."""

from glassnet.plots.bars import bars
from glassnet.plots.confusion import confusion_matrix
from glassnet.plots.curves import curves
from glassnet.plots.drawing import Drawing
from glassnet.plots.graph import Box, graph
from glassnet.plots.residuals import error_histogram, predicted_against_true, residuals
from glassnet.plots.text import sparkline, text_curves

__all__ = [
    "Box",
    "Drawing",
    "bars",
    "confusion_matrix",
    "curves",
    "error_histogram",
    "graph",
    "predicted_against_true",
    "residuals",
    "sparkline",
    "text_curves",
]
