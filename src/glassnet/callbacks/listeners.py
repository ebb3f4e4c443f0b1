"""Several callbacks called as one."""

from collections.abc import Callable, Iterator
from typing import Any

from glassnet.callbacks.base import Callback
from glassnet.foundation.errors import ConfigError


class CallbackList:
    """Several callbacks called as one, in order.

    Args:
        callbacks: objects with Keras's hooks: one, several, lists of them, or None; a class is an error, since a callback
            keeps state.

    Raises:
        ConfigError: something that has no hooks.

    Example:
        >>> CallbackList(Callback()).wants_batches()
        False
    """

    def __init__(self, callbacks: Any = None) -> None:
        self.callbacks = list(_flat(callbacks))

    def start(self, model: Any, params: dict[str, Any]) -> None:
        """Hand every callback the model and the parameters."""
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)

    def call(self, hook: str, *args: Any) -> None:
        """Call one hook of every callback."""
        for callback in self.callbacks:
            getattr(callback, hook)(*args)

    def give_back(self) -> None:
        """Have those that lent the model other weights for the end of an epoch put the trained ones back."""
        for callback in self.callbacks:
            getattr(callback, "give_back", _nothing)()

    def show(self, moment: Callable[[], Any]) -> None:
        """Tell those who look on where training is; `moment` is called only if there are any."""
        watching = [callback for callback in self.callbacks if _is_overridden(callback, "on_moment")]
        if watching:
            now = moment()
            for callback in watching:
                callback.on_moment(now)

    def get_states(self) -> list[dict[str, Any]]:
        """What each callback must find again in a resumed run; those that only show something are left out."""
        return [getattr(callback, "get_state", dict)() for callback in self._with_state()]

    def set_states(self, states: list[dict[str, Any]]) -> None:
        """Hand each callback its state back.

        Raises:
            ConfigError: there are more callbacks, or fewer, than there were.
        """
        callbacks = self._with_state()
        if len(states) != len(callbacks):
            raise ConfigError(
                f"Expected the {len(states) - 1} callbacks that the run was started with. Received {len(callbacks) - 1}. Pass "
                f"the same ones to resume it."
            )
        for callback, state in zip(callbacks, states, strict=True):
            if state:
                callback.set_state(state)

    def _with_state(self) -> list[Any]:
        return [callback for callback in self.callbacks if not getattr(callback, "only_shows", False)]

    def wants_batches(self) -> bool:
        """Whether any callback has a hook of its own for single training steps."""
        return self._has("train_batch", "batch")

    def wants_tests(self) -> bool:
        """Whether any has one around an evaluation or its batches."""
        return self._has("test", "test_batch")

    def wants_test_batches(self) -> bool:
        """Whether any has one for single batches of an evaluation."""
        return self._has("test_batch")

    def wants_predict_batches(self) -> bool:
        """Whether any has one for single batches of a prediction."""
        return self._has("predict_batch")

    def ends_quietly(self) -> bool:
        """Whether a loss that is not finite ends the training without an error."""
        return any(getattr(callback, "ends_quietly", False) for callback in self.callbacks)

    def reads_model(self) -> bool:
        """Whether any callback may look at the model's weights after an epoch."""
        return any(getattr(callback, "reads_model", True) for callback in self.callbacks)

    def _has(self, *kinds: str) -> bool:
        return any(
            _is_overridden(callback, f"on_{kind}_{when}")
            for callback in self.callbacks
            for kind in kinds
            for when in ("begin", "end")
        )


def _flat(given: Any) -> Iterator[Any]:
    if given is None:
        return
    if isinstance(given, list | tuple):
        for item in given:
            yield from _flat(item)
    elif isinstance(given, CallbackList):
        yield from given.callbacks
    elif isinstance(given, type) or not hasattr(given, "on_epoch_end"):
        raise ConfigError(
            f"Expected callbacks as objects with Keras's hooks. Received {given!r}. Pass an instance, such as "
            f"EarlyStopping(patience=5)."
        )
    else:
        yield given


def _is_overridden(callback: Any, hook: str) -> bool:
    method = getattr(type(callback), hook, None)
    return hook in vars(callback) or (method is not None and method is not getattr(Callback, hook))


def _nothing() -> None:
    pass
