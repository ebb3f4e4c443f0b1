"""Items made ahead of time by a thread, while the one before them is used."""

import contextvars
import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from glassnet.foundation.shapes import positive_int

Item = TypeVar("Item")

_PATIENCE = 5.0  # seconds to wait for a source that will not stop; the thread ends with the process in any case


def prefetched(items: Iterable[Item], ahead: int = 2) -> Iterator[Item]:
    """The items in their order; a thread makes the next ones while you use the last.

    The thread is there from the first item to the last, and no longer: it ends too when you break off, or when an error or
    Ctrl-C ends your loop. An error of its own is raised where you take the item. Going through a generator is what starts
    it, so nothing runs before the first item is asked for.

    Args:
        items: what makes the items, such as a generator that reads a file.
        ahead: how many may be made and not yet taken, 1 or more; it bounds the memory.

    Raises:
        ConfigError: `ahead` below 1.

    Example:
        >>> list(prefetched(n * n for n in range(4)))
        [0, 1, 4, 9]

    Reference:
        Goetz et al., *Java Concurrency in Practice* (2006), section 5.3: a bounded queue between maker and taker.
    """
    return _taken(items, positive_int("ahead", ahead, owner="prefetched"))


@dataclass
class _Made:
    """What the thread hands over: an item, or an error, or the end."""

    item: Any = None
    error: BaseException | None = None
    end: bool = False


def _taken(items: Iterable[Any], ahead: int) -> Iterator[Any]:
    made: queue.SimpleQueue[_Made] = queue.SimpleQueue()
    room, stop = threading.Semaphore(ahead), threading.Event()
    # The thread sees what is set for this place in the program, such as NumPy's handling of overflow.
    run = contextvars.copy_context().run
    thread = threading.Thread(target=run, args=(_make, items, made, room, stop), name="glassnet-prefetch", daemon=True)
    thread.start()
    try:
        while not (got := made.get()).end:
            if got.error is not None:
                raise got.error
            room.release()
            yield got.item
    finally:
        stop.set()
        room.release()
        thread.join(_PATIENCE)


def _make(
    items: Iterable[Any], made: "queue.SimpleQueue[_Made]", room: threading.Semaphore, stop: threading.Event
) -> None:
    try:
        iterator = iter(items)
        try:
            # Room first, then the item: no more than were allowed are ever in memory.
            while room.acquire() and not stop.is_set():
                made.put(_Made(next(iterator)))
        except StopIteration:
            pass
        finally:
            getattr(iterator, "close", lambda: None)()  # a chain of threads ends from the last one back
        made.put(_Made(end=True))
    except BaseException as error:
        made.put(_Made(error=error))
