"""A model: a layer that can be trained, judged, used, shown and saved."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Self

import jax
import numpy as np

from glassnet.callbacks import History
from glassnet.foundation import engine, rng
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.errors import ConfigError, NotBuiltError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import did_you_mean, serialize
from glassnet.foundation.shapes import int_or_none
from glassnet.foundation.symbolic import Step, SymbolicArray, symbolic_in
from glassnet.foundation.tree import changes
from glassnet.foundation.types import Array, Config
from glassnet.foundation.upward import upward
from glassnet.foundation.weights import WeightHolder
from glassnet.models import compiled, evaluation, fitting, graph, summaries
from glassnet.models.wiring import Wiring
from glassnet.optimizers import OptimizerState
from glassnet.training.resolving import Wanted
from glassnet.training.step import TrainState


@layer_registry.register("Functional")
class Model(Layer):
    """A network that can be trained: ``compile``, then ``fit``, ``evaluate``, ``predict``. Names and defaults are Keras's.

    ``Model(inputs, outputs)`` is a graph: layers called one on the other, from an ``Input`` on. It may have several inputs
    and outputs, branches, and layers that are called more than once. A model of your own is a subclass with layers made in
    ``__init__`` and put together in ``call``.

    Args:
        inputs: an ``Input``, or a list or dict of them; None for a subclass with a ``call`` of its own.
        outputs: what layers made of them, likewise.
        seed: fixes initial weights, order of rows and dropout; drawn anew by default, and kept in `seed` so that any run
            can be repeated.
        **kwargs: `name`, `trainable`, `dtype`, as in every `Layer`.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input
        >>> from glassnet.layers import Concatenate, Dense
        >>> age, image = Input((1,), name="age"), Input((4,), name="image")
        >>> risk = Dense(1, name="risk")(Concatenate()([age, Dense(2, activation="relu")(image)]))
        >>> Model([age, image], risk).predict({"age": np.ones(3), "image": np.ones((3, 4))}).shape
        (3, 1)
        >>> class TwoLayers(Model):
        ...     def __init__(self):
        ...         super().__init__(seed=0)
        ...         self.hidden = Dense(4, activation="relu")
        ...         self.out = Dense(1)
        ...     def call(self, x):
        ...         return self.out(self.hidden(x))
        >>> model = TwoLayers()
        >>> model.compile(optimizer="adam", loss="mse")
        >>> history = model.fit(np.zeros((8, 2)), np.zeros((8, 1)), epochs=2, verbose=0)
        >>> history.history["loss"]
        [0.0, 0.0]

    Raises:
        ConfigError: inputs and outputs that are not connected, or two layers of one name.

    Reference:
        Chollet, *Deep Learning with Python* (2021), chapter 7.
    """

    autocast = False

    not_configured = Layer.not_configured | {"inputs", "outputs", "seed"}
    host_only = Layer.host_only | {
        "_blueprint_cache",
        "_compiled",
        "_ends",
        "_progress",
        "_seed_is_given",
        "_steps_inside",
        "history",
        "optimizer",
        "seed",
        "stop_training",
    }
    fresh = Layer.fresh | {
        "_blueprint_cache": None,
        "_compiled": None,
        "_ends": None,
        "_progress": None,
        "_seed_is_given": False,
        "_steps_inside": (),
        "history": None,
        "optimizer": None,
        "seed": 0,
        "stop_training": False,
    }

    def __init__(self, inputs: Any = None, outputs: Any = None, *, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = rng.fresh_seed() if seed is None else _checked_seed(seed)
        self._seed = self.seed
        self.optimizer: Any = None
        self.stop_training = False
        self.history: History | None = None
        self._compiled: Wanted | None = None
        self._progress: tuple[Blueprint, OptimizerState, Any] | None = None
        self._blueprint_cache: tuple[int, Blueprint, list[tuple[str, WeightHolder, str]]] | None = None
        self._seed_is_given = seed is not None
        self._wiring: Wiring | None = None
        self._nodes: list[Layer] = []  # a graph's layers, the inputs' first
        self._node_names: list[str] = []
        self._ends: tuple[Any, Any] | None = None
        self._steps_inside: list[Step] = []
        if inputs is not None or outputs is not None:
            made = graph.connect(inputs, outputs, self.seed)
            self._wiring, self._nodes, self._node_names, self._steps_inside = made
            self._ends = (inputs, outputs)
            self.built = True

    def call(self, inputs: Any) -> Any:
        """The graph's outputs; a subclass without a graph has its own ``call``."""
        if self._wiring is None:
            return super().call(inputs)
        return self._wiring.run(self._nodes, graph.arranged(inputs, self._wiring, self._nodes, self.path))

    def check_inputs(self, x: Any) -> None:
        """Raise a `ShapeError` in words of the model when `x` is not what it was built for."""
        if self._wiring is not None:
            graph.arranged(x, self._wiring, self._nodes, self.path)
        elif self.input_spec is not None and hasattr(x, "shape"):
            self.input_spec.check(self.path, x.shape)

    # Training and using.

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
    ) -> None:
        """Choose optimizer, loss and metrics. Nothing is compiled yet; that waits for the data's shape.

        With several outputs, losses, their factors and metrics are given by output: as a list in the outputs' order, or a
        dict by their names. An output without a loss is not trained on.

        Args:
            optimizer: a name (``"adam"``), an optimizer, or any Optax transformation.
            loss: a name (``"mse"``), a loss, or a function (y_true, y_pred) -> values.
            loss_weights: factors with which the outputs' losses enter the total; 1 by default.
            metrics: a list of names, metrics or functions, reported without sample weights.
            weighted_metrics: the same, reported with sample weights.

        Raises:
            UnknownNameError: a name that does not exist, with the nearest ones.
        """
        self.optimizer = compiled.optimizer_from(optimizer)
        self._compiled = compiled.checked(Wanted(loss, loss_weights, metrics, weighted_metrics))
        self._progress = None

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        resume: Any = None,
        strict: bool = True,
    ) -> History:
        """Train for `epochs` passes over the rows.

        Args:
            x: inputs, (n, ...): an array, a list, a DataFrame, a list or dict of arrays, or an iterator of (x, y) batches.
            y: targets, (n, ...).
            batch_size: rows a step; 32 by default.
            epochs: the number of the last epoch plus one.
            verbose: 0 silent, 1 a live line, 2 a line an epoch, ``"auto"`` by the terminal.
            callbacks: a callback, such as ``EarlyStopping``, or a list of them.
            validation_split: the share of rows, 0 to 1, held out and never trained on. They are drawn at random, stratified
                on class targets; with ``shuffle=False`` they are the last rows.
            validation_data: (x, y) or (x, y, sample_weight) to report on after each epoch, or an iterator of batches.
            shuffle: whether each epoch has a random order of its own, which follows from the model's seed.
            class_weight: a weight for each class number.
            sample_weight: a weight for each row, (n,).
            initial_epoch: the number of the first epoch.
            steps_per_epoch: batches an epoch, for iterators.
            validation_steps: batches of validation, for iterators.
            validation_batch_size: rows a validation step; it changes no number.
            validation_freq: report validation every so many epochs.
            resume: a folder for checkpoints. A training that was cut off, however it happened, goes on from the last one when
                the same call is made again, and ends with the same weights as one that was not.
            strict: whether mistakes that would train wrongly (labels beyond the outputs, NaN, logits for probabilities ...)
                stop the training before its first step. False makes each a `GlassnetWarning` and goes on where it can.

        Returns:
            A `History` of the numbers of each epoch.

        Raises:
            DataError: NaN, strings, or labels beyond the outputs, with row and column.
            DivergedError: the loss is not finite; the last good weights are back.
        """
        engine.start()
        job = fitting.Job(
            epochs, initial_epoch, batch_size, shuffle, steps_per_epoch, validation_batch_size, validation_freq, strict
        )
        source = fitting.Source(x, y, sample_weight, class_weight)
        held_out = fitting.HeldOut(validation_split, validation_data, validation_steps)
        self.history = fitting.fit(self, job, source, held_out, callbacks, verbose, resume)
        return self.history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics on rows the model does not learn from.

        Args:
            x: inputs, as in `fit`.
            y: targets.
            batch_size: rows a step; it changes no number unless the loss works on whole batches.
            verbose: kept for Keras's callers; `evaluate` prints nothing.
            sample_weight: a weight for each row.
            steps: batches to take from an iterator.
            callbacks: told of the beginning, of each batch where they have such a hook, and of the end.
            return_dict: whether to return numbers by name.

        Returns:
            The loss, or [loss, metric, ...], or a dict of them.
        """
        engine.start()
        return evaluation.evaluate(self, x, y, sample_weight, batch_size, steps, callbacks, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """The outputs for `x`, as a NumPy array.

        Rows are filled up to one of a few sizes, so that a new number of rows rarely compiles a new program.

        Args:
            x: inputs, (n, ...), or an iterator of batches.
            batch_size: the most rows computed at once; chosen by size by default.
            verbose: kept for Keras's callers; `predict` prints nothing.
            steps: batches to take from an iterator.
            callbacks: told of the beginning, of each batch where they have such a hook, and of the end.

        Returns:
            (n, ...) outputs.
        """
        engine.start()
        return evaluation.predict(self, x, batch_size, steps, callbacks)

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """One step on exactly these rows; returns this batch's loss and metrics."""
        engine.start()
        return fitting.train_on_batch(self, fitting.Source(x, y, sample_weight, class_weight), return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """The loss and metrics of exactly these rows."""
        return self.evaluate(x, y, sample_weight=sample_weight, return_dict=return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for exactly these rows."""
        return self.predict(x)

    # Looking and saving.

    def xray(self, x: Any, y: Any = None, *, sample_weight: Any = None, class_weight: Any = None) -> Any:
        """One training step on these rows with its real numbers: forwards, the loss, backwards, and the update.
        Without a target, the pass forwards alone.

        Nothing is trained: the model stays as it is.

        Args:
            x: one row, or a few: (B, ...).
            y: its target, for which the model must be compiled; None for the pass forwards alone.
            sample_weight: a weight for each row.
            class_weight: a weight for each class number, as in `fit`.

        Returns:
            An `inspection.XRay`, which a terminal and a notebook show.
        """
        return upward("xray")(self, x, y, sample_weight=sample_weight, class_weight=class_weight)

    @property
    def layers(self) -> list[Layer]:
        """The layers held directly, in order."""
        return list(dict.fromkeys(layer for _, layer in self.sublayers()))

    @property
    def inputs(self) -> list[SymbolicArray]:
        """The symbolic inputs of a graph."""
        return symbolic_in(self._known_ends()[0])

    @property
    def outputs(self) -> list[SymbolicArray]:
        """Its symbolic outputs."""
        return symbolic_in(self._known_ends()[1])

    @property
    def input(self) -> Any:
        """The symbolic inputs, nested as they were declared."""
        return self._known_ends()[0]

    @property
    def output(self) -> Any:
        """The symbolic outputs, nested as they were declared: ``Model(model.input, model.get_layer("a").output)``."""
        return self._known_ends()[1]

    @property
    def input_shape(self) -> Any:
        """The shape of the input, or of each of them; None for the batch."""
        return jax.tree.map(lambda array: array.shape, self.input)

    @property
    def output_shape(self) -> Any:
        """The shape of the output, or of each of them."""
        return jax.tree.map(lambda array: array.shape, self.output)

    @property
    def input_names(self) -> list[str]:
        """The names of a graph's inputs, by which a dict of arrays is read."""
        return (
            self._node_names[: len(self.inputs)]
            if self._wiring is not None
            else [a.name or "input" for a in self.inputs]
        )

    @property
    def output_names(self) -> list[str]:
        """The names of a graph's outputs: each that of its layer, or its key in a dict."""
        return list(self.output_layers())

    def output_layers(self) -> dict[str, Layer | None]:
        """The layer that gives each output, by the output's name; empty where only a call would tell."""
        return {} if self._wiring is None else graph.output_layers(self._wiring, self._nodes, self._node_names)

    def sublayers(self) -> Iterator[tuple[str, Layer]]:
        """The layers held directly with their names: a graph's in the order they were called, then attributes."""
        yield from zip(self._node_names, self._nodes, strict=True)
        held = {id(layer) for layer in self._nodes}
        yield from ((name, layer) for name, layer in super().sublayers() if id(layer) not in held)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The outputs' shapes for inputs of these shapes."""
        if self._ends is not None and input_shape == self.input_shape:
            return self.output_shape
        return super().compute_output_shape(input_shape)

    def _may_be_drawn(self) -> bool:  # a seed that was given to this model decides, whatever model it becomes a part of
        return not self._seed_is_given and super()._may_be_drawn()

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of this name or at this place; an error names the nearest."""
        if (name is None) == (index is None):
            raise ConfigError(
                f"get_layer expected a name or an index. Received name={name!r}, index={index!r}. Give one."
            )
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ConfigError(
                    f"Expected an index below {len(self.layers)}, the number of layers. Received {index}. Count from 0."
                )
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = [layer.name for layer in self.layers]
        raise ConfigError(
            f"No layer is called {name!r}{did_you_mean(str(name), names) or '.'} The model has: {', '.join(names)}."
        )

    def steps(self) -> list[Step]:
        """The calls of a graph's layers, in order; none for a subclass with a ``call`` of its own."""
        return list(self._steps_inside)

    def summary(self, print_fn: Callable[[str], Any] | None = None, expand_nested: bool = False) -> None:
        """Print a table of the layers, their output shapes and their numbers of parameters.

        Args:
            print_fn: what to call with the text instead of printing it.
            expand_nested: whether the layers of models inside this one are listed too.
        """
        summaries.show(self, print_fn, expand_nested=expand_nested)

    def to_json(self, **kwargs: Any) -> str:
        """The architecture, without weights, as JSON text; ``model_from_json`` reads it back."""
        return json.dumps(serialize(self), **kwargs)

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Save the weights alone; `load_weights` reads them back into a model of the same architecture.

        Args:
            filepath: where; the ending ``.weights.glass`` is usual.
            overwrite: False to raise when the file exists.
        """
        from glassnet.models import saving

        saving.save_weights(self, filepath, overwrite=overwrite)

    def load_weights(self, filepath: Any) -> None:
        """Read weights that `save_weights` or `save` wrote; nothing is changed if any does not fit.

        Args:
            filepath: the file.

        Raises:
            ModelFileError: missing, cut off, altered, or of another architecture.
        """
        from glassnet.models import saving

        saving.load_weights(self, filepath)

    def save(self, filepath: Any, overwrite: bool = True) -> None:
        """Save architecture, weights and compile settings in one file, ``model.glass``; ``load_model`` reads it back.

        Args:
            filepath: where; the ending ``.glass`` is usual.
            overwrite: False to raise when the file exists.
        """
        from glassnet.models import saving

        saving.save_model(self, filepath, overwrite=overwrite)

    # How training reaches the arrays.

    def blueprint(self) -> Blueprint:
        """The model's structure, derived again only when some layer's configuration has changed."""
        return self._structure()[0]

    def arrays(self) -> tuple[dict[str, Array], dict[str, Array]]:
        """The arrays that train and the rest, by path."""
        blueprint, places = self._structure()
        if blueprint.holds_more_than_weights:
            return blueprint.take_apart(self)
        params: dict[str, Array] = {}
        rest: dict[str, Array] = {}
        for path, owner, name in places:
            (params if path in blueprint.trains else rest)[path] = owner.__dict__[name]
        return params, rest

    def train_state(self) -> TrainState:
        """What training starts from: the weights, and the optimizer's state where `fit` left it."""
        params, rest = self.arrays()
        if self._progress is None or self._progress[0] != self.blueprint():  # a layer was added or frozen meanwhile
            self._progress = (self.blueprint(), self.optimizer.init(params), np.int32(0))
        return TrainState(params, rest, *self._progress[1:])

    def keep_progress(self, state: TrainState) -> None:
        """Keep the optimizer's state, so that a further `fit` goes on from it."""
        self._progress = (self.blueprint(), state.optimizer, state.step)

    def _structure(self) -> tuple[Blueprint, list[tuple[str, WeightHolder, str]]]:
        if self._blueprint_cache is None or self._blueprint_cache[0] != changes():
            places = [(path, owner, name) for path, owner, name, _ in self.locate_weights()]
            self._blueprint_cache = (changes(), Blueprint(self), places)
        return self._blueprint_cache[1:]

    def get_config(self) -> Config:
        """The graph, or a subclass's arguments, as plain data; a model with arguments of other kinds writes its own."""
        if type(self) is not Model or self._wiring is None:
            return super().get_config()
        parts = graph.to_config(self._wiring, self._nodes, self._node_names)
        return {"name": self.name, "trainable": self.trainable, **self._policy_config(), **parts}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """The model that `get_config` described, with new weights."""
        if "wiring" not in config:
            return super().from_config(config)
        seed = rng.fresh_seed()
        ends = graph.from_config(config, seed)
        model = cls(*ends, name=config.get("name"), trainable=config.get("trainable", True), dtype=config.get("dtype"))
        model.seed = model._seed = seed
        return model

    def _known_ends(self) -> tuple[Any, Any]:
        if self._ends is None:
            raise NotBuiltError(
                f"Model {self.name!r} expected to be a graph, or a Sequential that knows its input. Received a question about "
                f"its inputs or outputs. Make it with Model(inputs, outputs), or start it with Input((columns,))."
            )
        return self._ends


def _checked_seed(seed: Any) -> int:
    if int_or_none(seed) is None or isinstance(seed, bool) or not 0 <= seed < 2**32:
        raise ConfigError(
            f"Expected `seed` to be a whole number from 0 to {2**32 - 1}. Received {seed!r}. Pass 0, or leave it out."
        )
    return int(seed)
