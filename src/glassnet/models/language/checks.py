"""What users give to models of language, checked: tokens, and how they are to be chosen."""

from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.shapes import int_or_none
from glassnet.foundation.types import HostArray
from glassnet.models.language.sampling import Choice


def tokens(given: Any, vocabulary: int, what: str) -> HostArray:
    """`given` as whole numbers below `vocabulary`, (T,) or (B, T).

    Raises:
        DataError: something else.
    """
    try:
        found = np.asarray(given)
    except ValueError:
        raise DataError(
            f"Expected `{what}` as token numbers, one text or several of one length. Received texts of different lengths. "
            f"Pass them one by one."
        ) from None
    if found.ndim not in (1, 2) or found.size == 0 or found.dtype.kind not in "iuf" or (found != np.floor(found)).any():
        raise DataError(
            f"Expected `{what}` as one or more token numbers: (T,) or (B, T). Received {given!r}. Turn the text into whole "
            f"numbers first, as the model was trained on."
        )
    if found.min() < 0 or found.max() >= vocabulary:
        wrong = found.min() if found.min() < 0 else found.max()
        raise DataError(
            f"Expected `{what}` as token numbers from 0 to {vocabulary - 1}. Received {wrong:g}. Number the tokens as in "
            f"training."
        )
    return found.astype(np.int32)


def token(name: str, value: Any, vocabulary: int, *, least: int = 0) -> int:
    """`value` as one token number from `least` on, or a `ConfigError` that says so."""
    whole = int_or_none(value)
    if whole is None or isinstance(value, bool) or not least <= whole < vocabulary:
        raise ConfigError(
            f"Expected `{name}` as a token number from {least} to {vocabulary - 1}. Received {value!r}. Pass one of these."
        )
    return whole


def choice(temperature: Any, top_k: Any, top_p: Any, vocabulary: int) -> Choice:
    """How tokens are to be chosen.

    Raises:
        ConfigError: a number out of range.
    """
    if not _number(temperature) or not 0 <= temperature < float("inf"):
        raise ConfigError(
            f"generate expected `temperature` as a number of 0 or more. Received {temperature!r}. Pass 1.0 to draw from the "
            f"model's own shares, or 0 for the most likely token."
        )
    whole = vocabulary if top_k is None else int_or_none(top_k)
    if whole is None or isinstance(top_k, bool) or whole < 1:
        raise ConfigError(
            f"generate expected `top_k` as a whole number above 0, or None. Received {top_k!r}. Pass how many of the most "
            f"likely tokens to draw from."
        )
    if top_p is not None and not (_number(top_p) and 0 < top_p <= 1):
        raise ConfigError(
            f"generate expected `top_p` above 0 and at most 1, or None. Received {top_p!r}. Pass the share of the most "
            f"likely tokens to draw from, such as 0.9."
        )
    numbers: Any = np.float32(temperature), np.int32(min(whole, vocabulary)), np.float32(1 if top_p is None else top_p)
    return Choice(*numbers)


def length_penalty(value: Any) -> float:
    """`value` as a finite number, or a `ConfigError` that says so."""
    if not _number(value) or not np.isfinite(value):
        raise ConfigError(
            f"translate expected `length_penalty` as a number. Received {value!r}. Pass 1.0 for the mean over the tokens, or "
            f"0 for their sum."
        )
    return float(value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)
