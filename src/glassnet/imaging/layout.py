"""The order of an image's axes."""

from typing import Any


def channels_to_end(images: Any, data_format: str) -> Any:
    """(B, ..., H, W, C) from images of this format."""
    return images if data_format == "channels_last" else images.transpose(0, 2, 3, 1)


def channels_back(images: Any, data_format: str) -> Any:
    """Images of this format from (B, H, W, C)."""
    return images if data_format == "channels_last" else images.transpose(0, 3, 1, 2)
