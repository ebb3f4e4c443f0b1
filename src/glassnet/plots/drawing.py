"""A drawing as an object: shown by a notebook, saved by a script."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glassnet.foundation.errors import ConfigError


@dataclass(frozen=True)
class Drawing:
    """One SVG document.

    Args:
        svg: the document.

    Example:
        >>> Drawing("<svg></svg>")
        Drawing of 11 characters; show it in a notebook, or save it with .save("name.svg")
    """

    svg: str

    def save(self, path: Any) -> None:
        """Write it to a file.

        Args:
            path: where; it ends in ``.svg``.

        Raises:
            ConfigError: another ending, or the file cannot be written.
        """
        target = Path(path)
        if target.suffix.lower() != ".svg":
            raise ConfigError(
                f"Expected a file that ends in .svg. Received {str(path)!r}. Drawings are SVG, which browsers show: name it "
                f"{target.with_suffix('.svg').name!r}."
            )
        try:
            target.write_text(self.svg, encoding="utf-8")
        except OSError as error:
            raise ConfigError(
                f"Expected a file that can be written. Received {str(path)!r}: {error.strerror}. Choose another place."
            ) from error

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f'Drawing of {len(self.svg)} characters; show it in a notebook, or save it with .save("name.svg")'
