"""Data sets drawn on the spot: shapes in the plane that one line cannot part, clouds, a noisy curve."""

import numpy as np

from glassnet.foundation.errors import ConfigError

_TAU = 2 * np.pi


def _checked(rows: int, noise: float, least: int, what: str = "noise") -> int:
    if isinstance(rows, bool) or not isinstance(rows, int | np.integer) or rows < least:
        raise ConfigError(
            f"Expected `rows` to be a whole number from {least} on. Received {rows!r}. Pass 400, for example."
        )
    if not 0 <= noise < np.inf:
        raise ConfigError(f"Expected `{what}` from 0 on. Received {noise!r}. Pass a standard deviation such as 0.1.")
    return int(rows)


def _drawn(x: np.ndarray, y: np.ndarray, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    order = rng.permutation(len(x))
    return (x + rng.normal(0.0, noise, x.shape))[order].astype(np.float32), y[order]


def make_xor(rows: int = 4, noise: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """y = x₁ ⊕ x₂, at the corners of the unit square: x (n, 2) float32, y (n,) int32.

    Args:
        rows: n; the four corners in turn.
        noise: the standard deviation of what is added to x.
        seed: the seed of the noise.

    Raises:
        ConfigError: fewer than 4 rows, or negative noise.

    Example:
        >>> x, y = make_xor()
        >>> x.tolist(), y.tolist()
        ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])

    Reference: M. Minsky, S. Papert, "Perceptrons", 1969.
    """
    corner = np.arange(_checked(rows, noise, 4)) % 4
    x = np.stack([corner // 2, corner % 2], axis=1).astype(np.float64)
    drawn = x + np.random.default_rng(seed).normal(0.0, noise, x.shape)
    return drawn.astype(np.float32), (corner // 2 ^ corner % 2).astype(np.int32)


def make_moons(rows: int = 400, noise: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two interleaved half circles: x (n, 2) float32, y (n,) int32, 0 for the upper one.

    (cos t, sin t) and (1 - cos t, 0.5 - sin t) for t from 0 to π.

    Args:
        rows: n, 2 or more.
        noise: the standard deviation of what is added to x.
        seed: the seed of noise and order.

    Raises:
        ConfigError: fewer than 2 rows, or negative noise.

    Example:
        >>> x, y = make_moons(100)
        >>> x.shape, int(y.sum())
        ((100, 2), 50)

    Reference: D. Zhou et al., "Learning with Local and Global Consistency", NIPS 2003.
    """
    n = _checked(rows, noise, 2)
    y = (np.arange(n) >= n - n // 2).astype(np.int32)
    t = np.concatenate([np.linspace(0, np.pi, n - n // 2), np.linspace(0, np.pi, n // 2)])
    x = np.stack([np.where(y == 0, np.cos(t), 1 - np.cos(t)), np.where(y == 0, np.sin(t), 0.5 - np.sin(t))], axis=1)
    return _drawn(x, y, noise, np.random.default_rng(seed))


def make_circles(
    rows: int = 400, noise: float = 0.05, inner: float = 0.5, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """A circle of radius 1 around one of radius `inner`: x (n, 2) float32, y (n,) int32, 1 for the inner one.

    Args:
        rows: n, 2 or more.
        noise: the standard deviation of what is added to x.
        inner: the radius of the inner circle, above 0 and below 1.
        seed: the seed of noise and order.

    Raises:
        ConfigError: fewer than 2 rows, negative noise, or a radius out of range.

    Example:
        >>> x, y = make_circles(100, noise=0)
        >>> bool(np.allclose(np.hypot(*x.T), np.where(y == 1, 0.5, 1.0)))
        True

    Reference: B. Schölkopf, A. Smola, "Learning with Kernels", 2002, section 2.1.
    """
    n = _checked(rows, noise, 2)
    if not 0 < inner < 1:
        raise ConfigError(f"Expected `inner` above 0 and below 1. Received {inner!r}. Pass a radius such as 0.5.")
    y = (np.arange(n) >= n - n // 2).astype(np.int32)
    t = np.concatenate([np.linspace(0, _TAU, size, endpoint=False) for size in (n - n // 2, n // 2)])
    x = np.stack([np.cos(t), np.sin(t)], axis=1) * np.where(y == 1, inner, 1.0)[:, None]
    return _drawn(x, y, noise, np.random.default_rng(seed))


def make_spirals(
    rows: int = 400, noise: float = 0.02, classes: int = 2, turns: float = 1.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """r = t, φ = 2π (turns · t + class / classes) for t from 0 to 1: x (n, 2) float32, y (n,) int32.

    Args:
        rows: n, at least one a class.
        noise: the standard deviation of what is added to x.
        classes: the number of arms, 2 or more.
        turns: how often each arm goes around.
        seed: the seed of noise and order.

    Raises:
        ConfigError: fewer rows than classes, fewer than 2 classes, or negative noise.

    Example:
        >>> x, y = make_spirals(90, classes=3)
        >>> np.bincount(y).tolist()
        [30, 30, 30]

    Reference: K. J. Lang, M. J. Witbrock, "Learning to Tell Two Spirals Apart", 1988.
    """
    if isinstance(classes, bool) or not isinstance(classes, int) or classes < 2:
        raise ConfigError(
            f"Expected `classes` to be a whole number from 2 on. Received {classes!r}. Pass 2, for example."
        )
    n = _checked(rows, noise, classes)
    y = (np.arange(n) % classes).astype(np.int32)
    t = 0.1 + 0.9 * (np.arange(n) // classes) / max((n - 1) // classes, 1)
    angle = _TAU * (turns * t + y / classes)
    x = np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1)
    return _drawn(x, y, noise, np.random.default_rng(seed))


def make_blobs(rows: int = 300, classes: int = 3, spread: float = 0.6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """x ~ N(μ_class, spread² I), with the centres μ evenly on a circle of radius 2: x (n, 2) float32, y (n,) int32.

    Args:
        rows: n, at least one a class.
        classes: the number of clouds, 2 or more.
        spread: the standard deviation of each cloud.
        seed: the seed.

    Raises:
        ConfigError: fewer rows than classes, fewer than 2 classes, or a negative spread.

    Example:
        >>> x, y = make_blobs(30)
        >>> x.shape, np.bincount(y).tolist()
        ((30, 2), [10, 10, 10])

    Reference: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.2.
    """
    if isinstance(classes, bool) or not isinstance(classes, int) or classes < 2:
        raise ConfigError(
            f"Expected `classes` to be a whole number from 2 on. Received {classes!r}. Pass 3, for example."
        )
    n = _checked(rows, spread, classes, "spread")
    y = (np.arange(n) % classes).astype(np.int32)
    angle = _TAU * y / classes
    x = 2.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _drawn(x, y, spread, np.random.default_rng(seed))


def make_sine(rows: int = 200, noise: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """y = sin(x) + noise for x from -π to π: x (n, 1) float32, y (n,) float32.

    Args:
        rows: n, 2 or more.
        noise: the standard deviation of what is added to y.
        seed: the seed.

    Raises:
        ConfigError: fewer than 2 rows, or negative noise.

    Example:
        >>> x, y = make_sine(50, noise=0)
        >>> bool(np.allclose(np.sin(x[:, 0]), y, atol=1e-6))
        True

    Reference: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 1.1.
    """
    n = _checked(rows, noise, 2)
    rng = np.random.default_rng(seed)
    x = rng.uniform(-np.pi, np.pi, n)
    y = np.sin(x) + rng.normal(0.0, noise, n)
    return x[:, None].astype(np.float32), y.astype(np.float32)
