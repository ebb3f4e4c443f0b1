"""Models: layers that are trained, judged, used and saved together."""

from glassnet.models.language import GPT, Translator
from glassnet.models.model import Model
from glassnet.models.saving import load_archive, load_model, model_from_json, save_model
from glassnet.models.sequential import Sequential
from glassnet.models.together import fit_together

__all__ = [
    "GPT",
    "Model",
    "Sequential",
    "Translator",
    "fit_together",
    "load_archive",
    "load_model",
    "model_from_json",
    "save_model",
]
