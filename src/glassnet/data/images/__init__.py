"""Images for training: batches that are changed at random each time they are drawn."""

from glassnet.data.images.arrays import img_to_array, smart_resize
from glassnet.data.images.flow import ImageBatches
from glassnet.data.images.generator import ImageDataGenerator

__all__ = ["ImageBatches", "ImageDataGenerator", "img_to_array", "smart_resize"]
