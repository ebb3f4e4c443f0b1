"""``glassnet lr``."""

from typing import Any

import numpy as np

from glassnet import tuning
from glassnet.cli.answer import DATA, DONE, complain, print_json
from glassnet.cli.pictures import bars, range_test, saved
from glassnet.cli.steps import Watcher, counted
from glassnet.cli.terminal import Out, streams
from glassnet.cli.train import chosen_settings
from glassnet.foundation.readable import short
from glassnet.tuning import LearningRate
from glassnet.workbench import Settings
from glassnet.workbench.experiment import prepared


def run(arguments: Any) -> int:
    """Find a learning rate, and show where it comes from."""
    out, messages = streams(arguments.quiet or arguments.json)
    settings = chosen_settings(arguments)
    _, parts, model = prepared(
        arguments.data, arguments.target, settings, watch=Watcher(messages, names_optimizer=False)
    )
    messages.step(
        "5 Search", f"a range test of {settings.optimizer}, then whole trainings at the rates that it proposes"
    )
    asked = {name: getattr(arguments, name) for name in ("seeds", "trials") if getattr(arguments, name) is not None}
    found = tuning.find_learning_rate(
        model, parts.x["train"], parts.y["train"], epochs=settings.epochs, batch_size=settings.batch_size, **asked
    )
    code = DONE if found.rate is not None else DATA
    picture = saved(found.picture(), arguments.out) if arguments.out else None
    if arguments.json:
        error = {} if found.rate is not None else {"error": found.reason}
        print_json({**_plain(found), "optimizer": settings.optimizer, "picture": picture, "exit_code": code, **error})
        return code
    _say(out, found)
    if found.rate is None:
        complain(f"no learning rate was found. {found.reason}", code, as_json=False)
    else:
        _advise(messages, arguments, settings, found.rate)
    if picture:
        messages.step("Picture", picture)
    return code


def _say(out: Out, found: LearningRate) -> None:
    if np.isfinite(found.losses).any():
        out.step(
            "Range test", f"training loss of {counted(len(found.losses), 'seed')} while the rate grows step by step"
        )
        range_test(out, found.rates, found.losses.mean(axis=0))
        out.line()
    if len(found.trial_rates):
        out.step("Trainings", f"each rate from {counted(found.trial_losses.shape[1], 'seed')}, judged on rows held out")
        bars(out, found.trial_rates, found.trial_losses, found.rate)
        out.line()
    if found.rate is not None:
        band = f" ({short(found.low)} to {short(found.high)} for the middle half of the seeds)"
        out.step("Rate", band, first=short(found.rate), how="good")
        out.step("", found.reason)


def _advise(messages: Out, arguments: Any, settings: Settings, rate: float) -> None:
    target = f" --target {arguments.target}" if arguments.target else ""
    optimizer = f" --optimizer {settings.optimizer}" if settings.optimizer != Settings().optimizer else ""
    messages.command("Use it", f"glassnet train {arguments.data}{target}{optimizer} --learning-rate {rate:g}")


def _plain(found: LearningRate) -> dict[str, Any]:
    return {
        "rate": found.rate,
        "low": found.low,
        "high": found.high,
        "reason": found.reason,
        "range_test": {"rates": found.rates, "losses": found.losses},
        "trials": {"rates": found.trial_rates, "losses": found.trial_losses},
    }
