"""Looking on while a model is called: every layer's inputs and outputs, and the numbers inside that have a name.

Nothing is kept and nothing slows down where nobody looks on.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from glassnet.foundation import context


class Observer(Protocol):
    """One who looks on, and who may put other numbers in the place of those it sees."""

    def around(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], compute: Callable[[], Any]) -> Any:
        """Called in place of each layer's `call`, outer layers before inner ones.

        Args:
            layer: the layer; its `path` is its name in the model.
            args: its inputs.
            kwargs: what else its `call` is given.
            compute: runs its `call` and gives the outputs.

        Returns:
            What the layer shall have put out: ``compute()``, or something of the same shape.
        """
        ...

    def see(self, name: str, value: Any) -> Any:
        """Called inside the `call` of the innermost layer entered, with a number that has a name: ``"pre_activation"``.

        A recurrent layer then goes through its steps one by one, so that a name is seen once a step.

        Returns:
            What the layer shall go on with: `value`, or something of the same shape.
        """
        ...


@contextmanager
def observed_by(observer: Observer, *, training: bool = False, key: Any = None) -> Iterator[None]:
    """Let `observer` look on at every call inside a ``with`` block.

    Args:
        observer: who looks on.
        training: whether the calls are training passes.
        key: a random key for layers that draw.

    Example:
        >>> import numpy as np
        >>> from glassnet.layers import Dense
        >>> class Names:
        ...     def around(self, layer, args, kwargs, compute):
        ...         print(layer.path)
        ...         return compute()
        ...     def see(self, name, value):
        ...         print(name, value.shape)
        ...         return value
        >>> with observed_by(Names()):
        ...     _ = Dense(2, activation="relu")(np.ones((1, 3)))
        dense
        pre_activation (1, 2)
    """
    outer = context.current()
    call = context.Call(training, key) if outer is None else outer
    with context.entered(replace(call, observer=observer)):
        yield


def is_observed() -> bool:
    """Whether somebody looks on at the call in progress."""
    call = context.current()
    return call is not None and call.observer is not None


def seen(name: str, value: Any) -> Any:
    """Show a number that has a name to whoever looks on, and give what to go on with: `value` where nobody does."""
    call = context.current()
    return value if call is None or call.observer is None else call.observer.see(name, value)


def stands_for(new: Any, old: Any) -> Any:
    """Give `new` all that is noted about `old`, such as its mask and the logits under it; returns `new`."""
    call = context.current()
    entry = call.notes.get(id(old)) if call is not None else None
    return new if entry is None else context.note(new, **entry[1])


@contextmanager
def unobserved() -> Iterator[None]:
    """Let nobody look on inside a ``with`` block: for a trial run whose numbers are not those of the call."""
    call = context.current()
    if call is None or call.observer is None:
        yield
        return
    with context.entered(replace(call, observer=None)):
        yield
