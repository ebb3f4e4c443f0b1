"""Searching with Optuna: settings drawn near those that did well, in a storage that several processes may share."""

import json
import math
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.callbacks.extras import needed
from glassnet.callbacks.monitor import better_when_higher
from glassnet.callbacks.pruning import OptunaPruning
from glassnet.data.split import Split
from glassnet.foundation.errors import ConfigError, DivergedError
from glassnet.foundation.registry import did_you_mean
from glassnet.training.rows import Rows
from glassnet.tuning.members import checked_model, fresh_copy
from glassnet.tuning.searching_found import Trial
from glassnet.tuning.spaces import Choice, Integer, LogUniform, Space, Uniform

_DEFAULT_STORAGE = "runs/search.db"
_LEAST_TRIALS = 5  # the median of fewer says little
_COUNTED = ("COMPLETE", "PRUNED")
_OPENINGS, _PAUSE = 6, 0.25
_MADE_MEANWHILE = ("OperationalError", "IntegrityError", "ProgrammingError")


@dataclass(frozen=True)
class Job:
    """What is searched for: see `search`."""

    build: Callable[..., Any]
    space: dict[str, Any]
    rows: Rows
    split: Split
    trials: int
    epochs: int
    seeds: list[int]
    factor: int
    monitor: str
    batch_size: int
    seed: int

    @property
    def worst(self) -> float:
        """The number of a setting that broke."""
        return -math.inf if better_when_higher(self.monitor) else math.inf

    def told(self) -> dict[str, Any]:
        """What must be the same wherever and whenever the search goes on."""
        return {
            "space": {name: repr(one) for name, one in self.space.items()},
            "epochs": self.epochs,
            "seeds": self.seeds,
            "monitor": self.monitor,
            "batch_size": self.batch_size,
            "validation rows": zlib.crc32(np.asarray(self.split.validation, np.int64).tobytes()),
            "rows": self.rows.count,
        }


def search_with_optuna(job: Job, storage: Any, study_name: str) -> tuple[list[Trial], Any, int]:
    """The settings found, the best first; the best setting's network; and how many structures there were.

    Raises:
        ConfigError: Optuna is not installed, a space is not one of ours, or the search in the storage is another one.
        DivergedError: no setting kept finite numbers.
    """
    optuna = needed("optuna", 'search with method="optuna"')
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = _study(optuna, job, storage, study_name)
        objective = _Objective(job, optuna.samplers.TPESampler)
        while sum(trial.state.name in _COUNTED for trial in study.trials) < job.trials:
            study.optimize(objective, n_trials=1)
    finally:
        optuna.logging.set_verbosity(verbosity)
    done = [trial for trial in study.trials if trial.state.name in _COUNTED]
    done.sort(key=lambda trial: (trial.state.name == "PRUNED", _rank(job, trial)))
    if not done or not math.isfinite(_score(job, done[0])):
        raise DivergedError(
            f"search expected a setting that keeps finite numbers. Received none among {len(done)}. Search lower learning "
            f"rates, or scale inputs and targets to about one."
        )
    found = [Trial(_params(job, trial), np.array(_scores(job, trial)), _epochs(job, trial)) for trial in done]
    model = objective.best if objective.best_number == done[0].number else _network(job, done[0])
    return found, model, len({trial.user_attrs.get("structure") for trial in done})


class _Objective:
    """What Optuna calls with each trial: train the networks of one setting, and tell the mean of what is monitored."""

    def __init__(self, job: Job, sampler: Callable[..., Any]) -> None:
        self.job = job
        self.sampler = sampler
        self.best: Any = None
        self.best_number = -1
        self._best_score = job.worst

    def __call__(self, trial: Any) -> float:
        job = self.job
        # A seed for each trial, whose number no other process has: none draws what another one drew.
        trial.study.sampler = self.sampler(seed=job.seed + trial.number)
        params = {name: _suggested(trial, name, one) for name, one in job.space.items()}
        template = checked_model(job.build(**params), "search")
        trial.set_user_attr("structure", _structure(template))
        models, scores = [], []
        for place, seed in enumerate(job.seeds):
            models.append(fresh_copy(template, seed, x=job.rows.x))
            told = OptunaPruning(trial, job.monitor, first_step=place * job.epochs)
            scores.append(_trained(job, models[-1], [told]))
            trial.set_user_attr("scores", [repr(score) for score in scores])
        score = float(np.mean(scores))
        if _better(job, score, self._best_score):
            self.best, self.best_number, self._best_score = _best_of(job, models, scores), trial.number, score
        return score


def _trained(job: Job, model: Any, callbacks: list[Any]) -> float:
    """Train one network; what is monitored at the end, or the worst where it broke."""
    mine, held = job.rows.take(job.split.train), job.rows.take(job.split.validation)
    try:
        history = model.fit(
            mine.x,
            mine.y,
            epochs=job.epochs,
            batch_size=job.batch_size,
            validation_data=(held.x, held.y),
            callbacks=callbacks,
            verbose=0,
        ).history
    except DivergedError:
        return job.worst
    if job.monitor not in history:
        raise ConfigError(
            f"search expected `monitor` to be one of {', '.join(history)}. Received {job.monitor!r}"
            f"{did_you_mean(job.monitor, list(history)) or '.'} Name one of these."
        )
    value = float(history[job.monitor][-1])
    return value if math.isfinite(value) else job.worst


def _network(job: Job, trial: Any) -> Any:
    """The best network of a setting that was searched by another process: the same seeds give the same numbers."""
    template = checked_model(job.build(**_params(job, trial)), "search")
    seed = job.seeds[_best_place(job, _scores(job, trial))]
    model = fresh_copy(template, seed, x=job.rows.x)
    _trained(job, model, [])
    return model


def _study(optuna: Any, job: Job, storage: Any, name: str) -> Any:
    study = optuna.create_study(
        study_name=name,
        storage=_storage(optuna, storage),
        direction="maximize" if better_when_higher(job.monitor) else "minimize",
        pruner=optuna.pruners.MedianPruner(_LEAST_TRIALS, max(1, job.epochs // job.factor)),
        load_if_exists=True,
    )
    told, before = job.told(), study.user_attrs.get("glassnet")
    if before is None:
        study.set_user_attr("glassnet", told)
    elif before != json.loads(json.dumps(told)):
        odd = next(name for name in told if before.get(name) != json.loads(json.dumps(told[name])))
        raise ConfigError(
            f"search expected to go on with the {odd} of the search {name!r}, {before.get(odd)!r}. Received {told[odd]!r}. Pass "
            f"the same again, or choose another study_name."
        )
    return study


def _storage(optuna: Any, given: Any) -> Any:
    """A file by its path, a database by its address, or a storage of Optuna's as it is."""
    if given is not None and not isinstance(given, str | Path):
        return given
    address = str(given or _DEFAULT_STORAGE)
    if "://" not in address:
        Path(address).parent.mkdir(parents=True, exist_ok=True)
        address = f"sqlite:///{address}"
    for left in reversed(range(_OPENINGS)):
        try:
            return optuna.storages.RDBStorage(address)
        except Exception as error:  # of the database's driver, which need not be there to be named
            if not left or type(error).__name__ not in _MADE_MEANWHILE:
                raise
            time.sleep(_PAUSE)  # another process is making the same tables: they will be there
    return None


def _suggested(trial: Any, name: str, space: Any) -> Any:
    match space:
        case Uniform():
            return trial.suggest_float(name, space.low, space.high)
        case LogUniform():
            return trial.suggest_float(name, space.low, space.high, log=True)
        case Integer():
            return trial.suggest_int(name, space.low, space.high, log=space.log)
        case Choice():
            return space.options[trial.suggest_categorical(name, list(range(len(space.options))))]
        case Space():
            raise ConfigError(
                f"search with Optuna expected a Uniform, LogUniform, Integer or Choice for {name!r}. Received {space!r}. Use one "
                f"of these, or method='random'."
            )
    return space


def _params(job: Job, trial: Any) -> dict[str, Any]:
    """The arguments of a trial that was stored."""
    found = dict(job.space)
    for name, value in trial.params.items():
        space = job.space[name]
        found[name] = space.options[value] if isinstance(space, Choice) else value
    return found


def _scores(job: Job, trial: Any) -> list[float]:
    """Each seed's number; of a trial that was given up, the last that it told."""
    told = [float(text) for text in trial.user_attrs.get("scores", [])]
    if trial.state.name == "COMPLETE":
        return told
    return [trial.intermediate_values[max(trial.intermediate_values)]] if trial.intermediate_values else [job.worst]


def _score(job: Job, trial: Any) -> float:
    return float(np.mean(_scores(job, trial)))


def _rank(job: Job, trial: Any) -> float:
    return -_score(job, trial) if better_when_higher(job.monitor) else _score(job, trial)


def _epochs(job: Job, trial: Any) -> int:
    """How long each of its networks was trained, the first that was given up."""
    if trial.state.name == "COMPLETE":
        return job.epochs
    return max(trial.intermediate_values, default=-1) % job.epochs + 1


def _better(job: Job, score: float, than: float) -> bool:
    return score > than if better_when_higher(job.monitor) else score < than


def _best_place(job: Job, scores: list[float]) -> int:
    return int(np.argmax(scores) if better_when_higher(job.monitor) else np.argmin(scores))


def _best_of(job: Job, models: list[Any], scores: list[float]) -> Any:
    return models[_best_place(job, scores)]


def _structure(model: Any) -> int:
    """A number that tells one structure from another, in whatever process it was made."""
    return zlib.crc32(model.to_json(sort_keys=True).encode())
