"""The callback that looks on while a network trains."""

import time
from typing import Any

import numpy as np

from glassnet.callbacks import Callback
from glassnet.diagnosis.health import keeping, rules, showing
from glassnet.diagnosis.health.flag import Flag
from glassnet.diagnosis.health.looks import HealthLook, Price, Probe
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.shapes import positive_int
from glassnet.inspection.vital_signs import vitals_of
from glassnet.plots import Picture, gradients_over_time
from glassnet.training.moments import Moment
from glassnet.training.rows import Rows, collect

_COMPILING = 2.0  # seconds: what compiling the look may cost, before it is known


class Health(Callback):
    """Gradient ‖∂L/∂w‖, weights ‖w‖, step ‖Δw‖/‖w‖, dead and saturated units of each layer over a training; and flags in words.

    A few times a second the state of the training is put aside, which costs next to nothing, and looked at later: while the
    training goes on where that stays within `share` of its time, else when a result is asked for. The weights that come out
    are the same, to the bit, with and without. Several epochs still run in one call.

    Args:
        per_second: the most looks in a second, above 0; at most one an epoch in any case. Those of a long training are
            thinned out, so that about 120 to 240 remain.
        rows: how many of the training rows are looked at, always the same, 1 or more.
        share: the most of the training's time to spend on looks while it goes on, from 0 to 1.
        probe: rows to look at instead, ``(x, y)``; needed where the training rows come one batch at a time and shall not be
            the first batch.

    Raises:
        ConfigError: an argument out of its range.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(4, "tanh"), Dense(1)], seed=0)
        >>> model.compile("sgd", "mse")
        >>> health, x = Health(), np.random.default_rng(0).normal(size=(32, 2))
        >>> _ = model.fit(x, x.sum(axis=1, keepdims=True), epochs=5, verbose=0, callbacks=[health])
        >>> health.flags, health.looks[0].epoch, health.looks[-1].epoch
        ((), 0, 5)

    Reference:
        Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural networks; He et al. (2015),
        Delving deep into rectifiers.
    """

    reads_model = False
    only_shows = True

    def __init__(
        self,
        per_second: float = 4.0,
        *,
        rows: int = 128,
        share: float = 0.04,
        probe: tuple[Any, Any] | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(per_second, int | float) or not per_second > 0:
            raise ConfigError(
                f"Health expected `per_second` above 0. Received {per_second!r}. Pass 4 for four a second."
            )
        if not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ConfigError(f"Health expected `share` between 0 and 1. Received {share!r}. Pass 0.04 for 4 %.")
        self.per_second = float(per_second)
        self.rows = positive_int("rows", rows, owner="Health")
        self.share = float(share)
        self.probe = probe
        self._given = None if probe is None else collect(*probe)
        self._forget()

    def _forget(self) -> None:
        self._history: Any = None
        self._price = Price()
        self._probe: Probe | None = None
        self._looks: list[HealthLook] = []
        self._waiting: list[keeping.Kept] = []
        self._latest: tuple[Moment, float] | None = None
        self._gap = 1.0 / self.per_second
        self._due = self._began = 0.0
        self._first_call = 0.0
        self._one_look: float | None = None
        self._trouble: Exception | None = None

    # While training.

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Begin anew, with rows to look at."""
        self._forget()
        self._history = self.model.history
        self._began = time.perf_counter()

    def on_moment(self, moment: Moment) -> None:
        """Put the state aside when it is time to."""
        now = time.perf_counter()
        first = self._probe is None
        self._latest = moment, now - self._began
        if first:
            self._probe = Probe(self._rows())
        elif not self._first_call:
            self._first_call = now - self._began  # compiling and all: about what compiling a look will take
        if first or now >= self._due:
            self._keep()
            self._due = now + self._gap
            self._look_within_budget(now - self._began)
            self._price.inside += time.perf_counter() - now

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Put the last state aside."""
        now = time.perf_counter()
        self._keep()
        self._price.inside += time.perf_counter() - now

    def _rows(self) -> Rows:
        history = self._history
        part = self._given or (history.trained.train.sample(self.rows) if history.trained else history.first_rows)
        if part is None:
            raise DataError("Health expected rows to look at. Received none. Pass some: Health(probe=(x, y)).")
        fixed = next((layer.state_rows for layer in self.model.walk() if getattr(layer, "state_rows", None)), None)
        return part if fixed is None else part.take(np.arange(fixed))

    def _keep(self) -> None:
        """Put the latest state aside, if it was not yet; of many, every second one goes."""
        if self._latest is None:
            return
        self._waiting.append(keeping.kept(*self._latest))
        self._latest = None
        most = max(2, keeping.ROOM // max(1, keeping.size_of(self._waiting[-1].state)))
        if len(self._waiting) > most or len(self._looks) + len(self._waiting) > keeping.MOST:
            self._waiting = keeping.thinned(self._waiting)
            self._looks = keeping.thinned(self._looks)
            self._gap *= 2

    def _look_within_budget(self, elapsed: float) -> None:
        """Look at what was put aside, as long as that stays within the share of the time."""
        try:
            while self._waiting and self._trouble is None:
                if self._price.inside + self._expected() >= self.share * elapsed:
                    return
                self._look()
        except (
            Exception
        ) as error:  # what looks on must not end what it looks at; it is raised when a result is asked for
            self._trouble = error

    def _expected(self) -> float:
        """Seconds that the next look may take."""
        return max(_COMPILING, self._first_call) if self._one_look is None else self._one_look

    def _look(self) -> float:
        """Look at the first state that was put aside, and give the seconds it took."""
        started = time.perf_counter()
        moment, seconds, state = self._waiting[0]
        if self._probe is None:
            return 0.0
        seen, compiling = vitals_of(moment.recipe, state, moment.seed, moment.rate, self._probe.batch)
        del self._waiting[0]
        rate = None if moment.rate is None else float(moment.rate)
        self._looks.append(HealthLook(moment.done, int(state.step), seconds, rate, seen))
        taken = time.perf_counter() - started
        self._one_look = taken - compiling
        self._price.compiling += compiling
        return taken

    # When a result is asked for.

    @property
    def looks(self) -> tuple[HealthLook, ...]:
        """Every look, the first before training; what was put aside meanwhile is looked at now."""
        if self._latest is not None:
            self._keep()
        while self._waiting:
            self._price.after += self._look()
        return tuple(self._looks)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What is wrong, the gravest first; empty where all is well."""
        looks = self.looks
        return () if self._probe is None else rules.flags(looks, self._probe)

    @property
    def price(self) -> Price:
        """What looking cost, beside the time that training itself took."""
        self._price.looks = len(self.looks)
        if self._history is not None and self._history.seconds:
            self._price.training = self._history.seconds
        return self._price

    def table(self) -> list[dict[str, Any]]:
        """The last look as rows, one a layer, with the names of `inspection.LayerVitals`."""
        looks = self.looks
        return looks[-1].vitals.to_dict()["layers"] if looks else []

    def plot(self, *, title: str = "Gradients by layer") -> Picture:
        """The norm of each layer's gradient over the training; see `plots.gradients_over_time`.

        Raises:
            DataError: nothing was looked at yet.
        """
        looks = self.looks
        if not looks:
            raise DataError("Expected a training to draw. Received none. Pass this to fit(callbacks=[health]) first.")
        names = [item.layer for item in looks[-1].layers if item.gradient is not None]
        norms = {name: [look.vitals[name].gradient or 0.0 for look in looks] for name in names}
        return gradients_over_time(norms, x=[look.epoch for look in looks], x_label="epochs done", title=title)

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold: flags, every look, and the price."""
        return {
            "flags": [flag.to_dict() for flag in self.flags],
            "looks": [look.to_dict() for look in self.looks],
            "price": self.price.to_dict(),
        }

    def __str__(self) -> str:
        return showing.as_text(self.looks, self.flags, self.price)

    def __repr__(self) -> str:
        return f"<Health: {len(self._looks) + len(self._waiting)} looks>"

    def _repr_html_(self) -> str:
        return showing.as_html(self.looks, self.flags, self.price)
