"""Models of language: one that goes on with a text, and one that turns a text into another."""

from glassnet.models.language.gpt import GPT
from glassnet.models.language.translator import Translator

__all__ = ["GPT", "Translator"]
