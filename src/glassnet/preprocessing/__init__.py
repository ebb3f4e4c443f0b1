"""Data before training, under Keras's names: ``glassnet.preprocessing.image``."""

from glassnet.preprocessing import image

__all__ = ["image"]
