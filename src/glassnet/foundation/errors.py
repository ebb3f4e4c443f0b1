"""Every error Glassnet raises on purpose.

The family, each also a built-in error so that ordinary ``except`` clauses work::

    GlassnetError
    ├── ConfigError (ValueError)        an argument or a combination of arguments that cannot work
    │   └── UnknownNameError            a name that is not registered, with the nearest ones
    ├── ShapeError (ValueError)         an array whose rank or width does not fit
    ├── DataError (ValueError)          a problem in the data: a cell, a column, a label, a file
    ├── NotBuiltError (ValueError)      something was used before its weights exist
    ├── RandomKeyError (ValueError)     randomness was needed inside `jit` and no key was given
    ├── DivergedError (RuntimeError)    training produced a number that is not finite
    └── ModelFileError (ValueError)     a model file that is damaged, altered or not ours

Every message says what was expected, what was received and what to do.
"""


class GlassnetError(Exception):
    """Base of all errors raised on purpose; ``except GlassnetError`` catches them and nothing else."""


class ConfigError(GlassnetError, ValueError):
    """An argument that cannot work.

    Failing: ``Dense(0)``. Fixed: ``Dense(16)``: a layer needs at least one unit.
    """


class UnknownNameError(ConfigError):
    """A name that nothing is registered under.

    Failing: ``Dense(4, activation="rellu")``. Fixed: ``activation="relu"``, as the message suggests.
    """


class ShapeError(GlassnetError, ValueError):
    """An array whose rank or width does not fit.

    Failing: a network built for 30 columns called with 29. Fixed: pass the columns it was built for.
    """


class DataError(GlassnetError, ValueError):
    """A problem in the data itself: a missing cell, a label out of range, a file that cannot be read.

    Failing: ``fit(x, y)`` where ``x[5, 2]`` is NaN. Fixed: impute or drop that row first.
    """


class NotBuiltError(GlassnetError, ValueError):
    """Weights were asked for before the layer knows its input width.

    Failing: ``Sequential([Dense(4)]).get_weights()``. Fixed: call the model once, or start it with ``Input((30,))``.
    """


class RandomKeyError(GlassnetError, ValueError):
    """A random layer ran in training mode inside ``jit`` or ``grad`` without a key.

    Failing: ``jax.jit(lambda m, x: m(x, training=True))(model, x)``.
    Fixed: ``jax.jit(lambda m, x, key: m(x, training=True, key=key))(model, x, jax.random.key(0))``.
    """


class DivergedError(GlassnetError, RuntimeError):
    """Training produced a loss that is not finite; the last good weights are back in the model.

    Its `finding` says where the first such number arose and why, as data; None where it was not looked for.

    Failing: ``SGD(1e6)``. Fixed: a learning rate 10 to 100 times smaller.
    """

    def __init__(self, *args: object, finding: object = None) -> None:
        super().__init__(*args)
        self.finding = finding


class ModelFileError(GlassnetError, ValueError):
    """A model file that is cut off, altered, too large or not written by Glassnet. Nothing in it was executed."""


class GlassnetWarning(UserWarning):
    """A mistake that `fit` would have refused, let through by ``strict=False``, with the error's message; or a wish not met.

    Failing: ``fit(x, y, strict=False)`` where a label is beyond the outputs: it trains, and warns.
    Fixed: correct the labels and leave `strict` alone.
    """
