"""Names for things: ``"relu"`` -> object with did-you-mean, object -> plain data -> object.

Each family (activations, losses, layers ...) keeps one `Registry`. `Configurable` gives a class its configuration,
read off its constructor's parameters, so that no class lists its arguments twice.
"""

import difflib
import inspect
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

import numpy as np

from glassnet.foundation.errors import ConfigError, UnknownNameError

if TYPE_CHECKING:  # types imports JAX, which a did-you-mean can do without
    from glassnet.foundation.types import Config

T = TypeVar("T")
M = TypeVar("M")

_REGISTRIES: dict[str, "Registry[Any]"] = {}


def did_you_mean(name: str, known: Iterator[str] | list[str], *, limit: int = 3) -> str:
    """``"; did you mean 'relu'?"`` for the nearest of the known names, or nothing when none is near.

    Example:
        >>> did_you_mean("rellu", ["relu", "selu", "tanh"])
        "; did you mean 'relu' or 'selu'?"
    """
    by_lower = {item.lower(): item for item in known}
    near = difflib.get_close_matches(name.lower(), list(by_lower), n=limit, cutoff=0.6)
    return f"; did you mean {' or '.join(repr(by_lower[item]) for item in near)}?" if near else ""


def snake_case(name: str) -> str:
    """``"MeanSquaredError"`` -> ``"mean_squared_error"``."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


class Registry(Generic[T]):
    """The known members of one family, by name.

    Args:
        kind: what a member is called in messages, such as ``"activation"``.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._members: dict[str, Any] = {}
        self._names: dict[Any, str] = {}
        _REGISTRIES[kind] = self

    def register(self, *aliases: str, name: str | None = None) -> Callable[[M], M]:
        """Decorator: enter a class or function under its own name, in snake_case too, and under `aliases`."""

        def enter(member: M) -> M:
            main: str = name or member.__name__  # type: ignore[attr-defined]
            for alias in (main, snake_case(main), *aliases):
                if self._members.get(alias, member) is not member:
                    raise ConfigError(
                        f"Expected a {self.kind} name that is free. Received {alias!r}, which is taken by "
                        f"{self._members[alias]!r}. Register {member!r} under another name."
                    )
                self._members[alias] = member
            self._names[member] = main
            return member

        return enter

    def find(self, name: str) -> Any:
        """The member called `name`; an `UnknownNameError` with the nearest names when there is none."""
        member = self._members.get(name) or self._members.get(snake_case(name))
        if member is None:
            hint = did_you_mean(name, list(self._members))
            raise UnknownNameError(f"No {self.kind} is called {name!r}{hint or '.'} Known: {', '.join(self.names())}.")
        return member

    def name_of(self, member: Any) -> str | None:
        """The name `member` is registered under, or None."""
        try:
            return self._names.get(member)
        except TypeError:  # an object that cannot be hashed was never registered
            return None

    def names(self) -> list[str]:
        """The main names, sorted."""
        return sorted(self._names.values())

    def make(self, identifier: Any) -> Any:
        """An object from what a user may give: a name, a class, a configuration, or the object itself.

        A name or class of a class is called without arguments; a function is returned as it is.
        """
        if isinstance(identifier, str):
            identifier = self.find(identifier)
        if isinstance(identifier, dict):
            return self._from_dict(identifier)
        if inspect.isclass(identifier):
            return identifier()
        if callable(identifier) or hasattr(identifier, "get_config"):
            return identifier
        raise ConfigError(
            f"Expected the {self.kind} as a name, an object or a function. Received {identifier!r} "
            f"of type {type(identifier).__name__}. Pass one of: {', '.join(self.names())}."
        )

    def _from_dict(self, description: dict[str, Any]) -> Any:
        """The object behind a description; Keras's, which does not name the family, is understood too."""
        if not {"class_name", "config"} <= set(description):
            raise ConfigError(
                f"Expected the {self.kind} as {{'class_name': ..., 'config': ...}}. Received the keys "
                f"{', '.join(map(repr, description)) or '(none)'}. Pass what serialize() returned."
            )
        return self.find(description["class_name"]).from_config(description["config"])


@lru_cache(maxsize=512)
def parameters(cls: type) -> tuple[tuple[str, Any], ...]:
    """The constructor's parameters as (name, default), those passed up by ``**kwargs`` included; subclass first."""
    found: dict[str, Any] = {}
    for owner in cls.__mro__:
        init = owner.__dict__.get("__init__")
        if init is None or owner is object:
            continue
        signature = list(inspect.signature(init).parameters.values())[1:]
        for item in signature:
            if item.kind not in (item.VAR_POSITIONAL, item.VAR_KEYWORD):
                found.setdefault(item.name, item.default)
        if not any(item.kind is item.VAR_KEYWORD for item in signature):
            break
    return tuple(found.items())


class Configurable:
    """A class whose constructor keeps each argument under its own name, and which is equal to another by value."""

    #: The constructor's arguments that are no part of the configuration.
    not_configured: ClassVar[frozenset[str]] = frozenset()

    def get_config(self) -> "Config":
        """The constructor's arguments as plain data: ``type(self).from_config(self.get_config())`` is an equal object."""
        names = [name for name, _ in parameters(type(self)) if name not in self.not_configured and hasattr(self, name)]
        return {name: serialize(getattr(self, name)) for name in names}

    @classmethod
    def from_config(cls, config: "Config") -> Self:
        """The object that `get_config` described."""
        return cls(**{name: deserialize(value) for name, value in config.items()})

    def _identity(self) -> tuple[Any, ...]:
        values = tuple(getattr(self, name, None) for name, _ in parameters(type(self)))
        return (type(self), freeze(values))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Configurable) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        said = []
        for name, default in parameters(type(self)):
            value = getattr(self, name, default)
            if freeze(value) != freeze(default):
                shown = getattr(value, "__name__", None) if inspect.isroutine(value) else repr(value)
                said.append(f"{name}={shown}")
        return f"{type(self).__name__}({', '.join(said)})"


def freeze(value: Any) -> Any:
    """`value` as something hashable that compares by content; used to compare static configuration."""
    if isinstance(value, list | tuple):
        return (type(value).__name__, *(freeze(item) for item in value))
    if isinstance(value, dict):
        return ("dict", *((key, freeze(item)) for key, item in value.items()))
    if isinstance(value, set | frozenset):
        return ("set", frozenset(freeze(item) for item in value))
    if isinstance(value, np.ndarray):
        return ("array", value.shape, str(value.dtype), value.tobytes())
    if isinstance(value, float | int | bool):
        return (type(value).__name__, value)  # True, 1 and 1.0 are equal to Python but not to a program
    return value


def serialize(value: Any) -> Any:
    """Plain data for `value`, which `deserialize` turns back into an equal object."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return [serialize(item) for item in value]
    if isinstance(value, dict):
        return {key: serialize(item) for key, item in value.items()}
    if isinstance(value, np.ndarray) or (hasattr(value, "__array__") and hasattr(value, "dtype")):
        array = np.asarray(value)
        return {"array": array.tolist(), "dtype": str(array.dtype)}
    if hasattr(value, "get_config") and not inspect.isclass(value):
        return _serialize_object(value)
    for registry in _REGISTRIES.values():
        if name := registry.name_of(value):
            return name
    label = getattr(value, "__name__", repr(value))
    raise ConfigError(
        f"Expected a registered function or a configurable object to save. Received {label!r}, which has no registered "
        f"name. Put @glassnet.saving.register_keras_serializable() above its definition, then save again."
    )


def _serialize_object(value: Any) -> "Config":
    for kind, registry in _REGISTRIES.items():
        if name := registry.name_of(type(value)):
            return {"kind": kind, "class_name": name, "config": value.get_config()}
    raise ConfigError(
        f"Expected an object of a registered class to save. Received a {type(value).__name__}. Put "
        f"@glassnet.saving.register_keras_serializable() above the class, then save again."
    )


def deserialize(value: Any) -> Any:
    """The object that `serialize` described; data that describes no object comes back as it is."""
    if isinstance(value, list):
        return [deserialize(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"array", "dtype"}:
        return np.array(value["array"], dtype=value["dtype"])
    if set(value) != {"kind", "class_name", "config"}:
        return {key: deserialize(item) for key, item in value.items()}
    registry = _REGISTRIES.get(value["kind"])
    if registry is None:
        raise UnknownNameError(
            f"Expected one of the kinds {', '.join(sorted(_REGISTRIES))}. Received {value['kind']!r}. The file is from "
            f"another version or a package that was not imported."
        )
    return registry.find(value["class_name"]).from_config(value["config"])
