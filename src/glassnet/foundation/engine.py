"""How JAX is set up for Glassnet: a compilation cache on disk, so that a second process does not compile again."""

import os
from functools import cache
from pathlib import Path

import jax


@cache
def start() -> None:
    """Turn the cache on, once, unless the user has chosen a folder already or said ``GLASSNET_CACHE=off``.

    It lies in ``$GLASSNET_CACHE``, else in the user's cache folder (``$XDG_CACHE_HOME/glassnet`` or
    ``~/.cache/glassnet``).
    """
    chosen = os.environ.get("GLASSNET_CACHE", "")
    if chosen == "off" or getattr(jax.config, "jax_compilation_cache_dir", None):
        return
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(chosen) if chosen else base / "glassnet" / "xla"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # nothing is lost without a cache but the time of compiling again
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
