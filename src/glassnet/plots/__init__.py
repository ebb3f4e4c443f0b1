"""Drawings from arrays: SVG for pages and notebooks, Matplotlib figures for papers, characters for terminals."""

from glassnet.plots.activation_functions import activation_functions
from glassnet.plots.attributions import attribution_picture, dependence, importance
from glassnet.plots.bars import bars
from glassnet.plots.calibration import calibration
from glassnet.plots.confusion import confusion_matrix
from glassnet.plots.curves import curves
from glassnet.plots.drawing import Drawing
from glassnet.plots.graph import Box, graph
from glassnet.plots.judging import confusion, errors
from glassnet.plots.learning import in_characters, learning_curves, show_history
from glassnet.plots.moving_line import moving_line
from glassnet.plots.picture import Picture
from glassnet.plots.planes import boundary, landscape, scatter
from glassnet.plots.rates import gradients_over_time, learning_rates, races
from glassnet.plots.residuals import error_histogram, predicted_against_true, residuals
from glassnet.plots.tables import activations, attention, filters, weights
from glassnet.plots.text import sparkline, text_curves
from glassnet.plots.tradeoffs import precision_recall, roc

__all__ = [
    "Box",
    "Drawing",
    "Picture",
    "activation_functions",
    "activations",
    "attention",
    "attribution_picture",
    "bars",
    "boundary",
    "calibration",
    "confusion",
    "confusion_matrix",
    "curves",
    "dependence",
    "error_histogram",
    "errors",
    "filters",
    "gradients_over_time",
    "graph",
    "importance",
    "in_characters",
    "landscape",
    "learning_curves",
    "learning_rates",
    "moving_line",
    "precision_recall",
    "predicted_against_true",
    "races",
    "residuals",
    "roc",
    "scatter",
    "show_history",
    "sparkline",
    "text_curves",
    "weights",
]
