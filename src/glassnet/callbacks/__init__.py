"""Callbacks: what happens beside training, after an epoch or a step."""

from glassnet.callbacks.averages import SwapEMAWeights
from glassnet.callbacks.backup import BackupAndRestore
from glassnet.callbacks.base import Callback, LambdaCallback
from glassnet.callbacks.early_stopping import EarlyStopping
from glassnet.callbacks.history import History
from glassnet.callbacks.keeping import CSVLogger, ModelCheckpoint, TerminateOnNaN
from glassnet.callbacks.learning_rates import LearningRateScheduler, ReduceLROnPlateau
from glassnet.callbacks.listeners import CallbackList
from glassnet.callbacks.mlflow import MLflowCallback
from glassnet.callbacks.progress import Progress, progress_for
from glassnet.callbacks.pruning import OptunaPruning
from glassnet.callbacks.tensorboard import TensorBoard

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "MLflowCallback",
    "ModelCheckpoint",
    "OptunaPruning",
    "Progress",
    "ReduceLROnPlateau",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
    "progress_for",
]
