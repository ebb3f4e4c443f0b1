"""Callbacks: what happens beside training, after an epoch or a step."""

from glassnet.callbacks.base import Callback, CallbackList, LambdaCallback
from glassnet.callbacks.early_stopping import EarlyStopping
from glassnet.callbacks.history import History
from glassnet.callbacks.progress import Progress, progress_for

__all__ = ["Callback", "CallbackList", "EarlyStopping", "History", "LambdaCallback", "Progress", "progress_for"]
