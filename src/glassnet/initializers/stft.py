"""The initializer that makes a convolution compute a short-time Fourier transform."""

from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import HostArray
from glassnet.initializers.base import Initializer, initializer_registry


@initializer_registry.register("STFTInitializer", "stft")
class STFT(Initializer):
    """``W[t, 0, k] = w(t) cos(-2π k t / N) / s`` (or sin) with ``N = 2 (bands - 1)``: a spectrum as a convolution.

    Args:
        side: ``"real"`` for the cosines, ``"imag"`` for the sines.
        window: the weight w of each moment of the frame: a name that SciPy knows, such as ``"hann"``, an array as long
            as the frame, or None for 1 throughout.
        scaling: the scale s: ``"density"`` for ``√Σ w²``, ``"spectrum"`` for ``Σ |w|``, None for 1.
        periodic: whether the window is one period of a longer one, rather than symmetric about the frame's middle.

    Raises:
        ConfigError: a side, window or scaling that is not known.
        ShapeError: when drawn, the weight is not of shape ``(frame, 1, bands)``, or the window not as long as a frame.

    Example:
        >>> STFT("real", None, None)((4, 1, 3))[:, 0, 2].round().tolist()
        [1.0, -1.0, 1.0, -1.0]

    Reference:
        Allen (1977), Short term spectral analysis, synthesis, and modification by discrete Fourier transform.
    """

    def __init__(
        self, side: str = "real", window: Any = "hann", scaling: str | None = "density", periodic: bool = False
    ) -> None:
        if side not in ("real", "imag"):
            raise ConfigError(f"STFT expected `side` as 'real' or 'imag'. Received {side!r}. Pass one of these.")
        if scaling not in ("density", "spectrum", None):
            raise ConfigError(
                f"STFT expected `scaling` as 'density', 'spectrum' or None. Received {scaling!r}. Pass one of these."
            )
        self.side = side
        self.window = window if window is None or isinstance(window, str) else np.asarray(window)
        self.scaling = scaling
        self.periodic = bool(periodic)
        if isinstance(window, str):
            self._window_of(1)

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """The cosines or sines of shape ``(frame, 1, bands)``."""
        if len(shape) != 3:
            raise ShapeError(
                f"STFT expected a weight of shape (frame, 1, bands). Received {show(tuple(shape))}. Use it for the "
                f"kernel of a one-dimensional convolution."
            )
        frame, _, bands = shape
        angle = -2.0 * np.pi * np.outer(np.arange(frame), np.arange(bands) / max(1, 2 * (bands - 1)))
        waves = np.cos(angle) if self.side == "real" else np.sin(angle)
        window = self._window_of(frame)
        kernel = waves * (window / self._scale_of(window))[:, None]
        return np.repeat(kernel[:, None, :], shape[1], axis=1).astype(np.float32)

    def _window_of(self, frame: int) -> HostArray:
        if self.window is None:
            return np.ones(frame)
        if not isinstance(self.window, str):
            if self.window.shape != (frame,):
                raise ShapeError(
                    f"STFT expected a window of shape ({frame},), as long as the frame. Received "
                    f"{show(self.window.shape)}. Pass a window of that length, or the name of one."
                )
            return self.window
        from scipy.signal import get_window  # slow to import, and rarely needed

        try:
            return np.asarray(get_window(self.window, frame, fftbins=self.periodic))
        except ValueError:
            raise ConfigError(
                f"STFT expected `window` as a name that scipy.signal.get_window knows. Received {self.window!r}. Pass "
                f"'hann', 'hamming', an array, or None."
            ) from None

    def _scale_of(self, window: HostArray) -> float:
        if self.window is None or self.scaling is None:
            return 1.0
        return float(np.sqrt(np.sum(np.square(window))) if self.scaling == "density" else np.sum(np.abs(window)))
