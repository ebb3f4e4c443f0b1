"""The workbench: from a table to a trained, judged and reported network; what ``glassnet train`` does, from Python."""

from glassnet.workbench.card import card_markdown
from glassnet.workbench.experiment import Result, train
from glassnet.workbench.explaining import Explanation, explain
from glassnet.workbench.explaining_page import explanation_html
from glassnet.workbench.judging import Evaluation
from glassnet.workbench.predictor import Answers, Predictor
from glassnet.workbench.report import report_html
from glassnet.workbench.reproduce import command_for, python_for
from glassnet.workbench.runs import RunFolder
from glassnet.workbench.settings import Settings

__all__ = [
    "Answers",
    "Evaluation",
    "Explanation",
    "Predictor",
    "Result",
    "RunFolder",
    "Settings",
    "card_markdown",
    "command_for",
    "explain",
    "explanation_html",
    "python_for",
    "report_html",
    "train",
]
