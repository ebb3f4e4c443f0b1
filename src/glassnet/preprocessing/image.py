"""Pictures before training: ``from glassnet.preprocessing.image import ImageDataGenerator``."""

from glassnet.data.images import ImageBatches, ImageDataGenerator, img_to_array, smart_resize

__all__ = ["ImageBatches", "ImageDataGenerator", "img_to_array", "smart_resize"]
