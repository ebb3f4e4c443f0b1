"""How JAX is set up for Glassnet: a compilation cache on disk, and memory that is kept from step to step."""

import ctypes
import os
import sys
from functools import cache
from pathlib import Path

import jax

#: The C library's names for what `mallopt` sets, and how much freed memory stays with the process.
_MMAP_MAX, _TRIM_THRESHOLD, _TOP_PAD = -4, -1, -2
_KEPT_BYTES, _MORE_BYTES = 1 << 30, 64 << 20


@cache
def start() -> None:
    """Set JAX up, once, before the first program runs."""
    _keep_freed_memory()
    _cache_on_disk()


def _keep_freed_memory() -> None:
    """Let glibc keep up to 1 GiB of freed memory for the next step, instead of giving it back to the system each time.

    A step's arrays are large and short-lived. Mapped anew each time, the system clears every page of them again: a third of
    the time of a convolutional network's step. A ``MALLOC_`` variable of the user's own leaves all as it is.
    """
    chosen = any(name.startswith("MALLOC_") for name in os.environ) or "GLIBC_TUNABLES" in os.environ
    if chosen or not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        for what, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _KEPT_BYTES), (_TOP_PAD, _MORE_BYTES)):
            mallopt(what, value)


def _cache_on_disk() -> None:
    """Turn the compilation cache on, unless the user has chosen a folder already or said ``GLASSNET_CACHE=off``.

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
