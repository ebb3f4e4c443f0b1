"""Libraries that only some callbacks and searches need: imported when they are asked for, never before."""

from importlib import import_module
from typing import Any

from glassnet.foundation.errors import ConfigError


def needed(library: str, owner: str) -> Any:
    """The library, or an error that says how to install it.

    Args:
        library: its name, which is the name of the extra too.
        owner: who needs it.

    Raises:
        ConfigError: it is not installed.

    Example:
        >>> needed("json", "this example").dumps([1])
        '[1]'
    """
    try:
        return import_module(library)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != library:
            raise
        raise ConfigError(
            f"{owner} expected the package {library}. Received none: it is not installed. Install it with "
            f"`pip install 'glassnet[{library}]'`."
        ) from None
