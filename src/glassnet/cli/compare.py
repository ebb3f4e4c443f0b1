"""``glassnet compare``."""

from typing import Any

import numpy as np

from glassnet import tuning
from glassnet.cli.answer import DONE, print_json
from glassnet.cli.pictures import courses, saved
from glassnet.cli.steps import Watcher, counted
from glassnet.cli.terminal import Out, is_utf8, streams
from glassnet.cli.train import chosen_settings
from glassnet.foundation.readable import short
from glassnet.plots import sparkline
from glassnet.tuning import Comparison, Race
from glassnet.tuning.races import best_of_each
from glassnet.workbench import Settings
from glassnet.workbench.experiment import prepared

_EPOCHS, _COURSE = 20, 12


def run(arguments: Any) -> int:
    """Race optimizers, and say which differences are more than luck."""
    out, messages = streams(arguments.quiet or arguments.json)
    settings = chosen_settings(arguments)
    epochs = arguments.epochs or _EPOCHS
    _, parts, model = prepared(
        arguments.data, arguments.target, settings, watch=Watcher(messages, names_optimizer=False)
    )
    named = ("optimizers", "learning_rates", "seeds")
    asked = {name: getattr(arguments, name) for name in named if getattr(arguments, name) is not None}
    found = tuning.compare(
        model,
        parts.x["train"],
        parts.y["train"],
        epochs=epochs,
        batch_size=settings.batch_size,
        seed=settings.seed,
        **asked,
    )
    picture = saved(found.picture(), arguments.out) if arguments.out else None
    if arguments.json:
        print_json({**_plain(found), "picture": picture, "exit_code": DONE})
        return DONE
    _say(out, messages, found, epochs, settings)
    if picture:
        messages.step("Picture", picture)
    return DONE


def _say(out: Out, messages: Out, found: Comparison, epochs: int, settings: Settings) -> None:
    seeds = len(found.races[0].losses)
    networks = counted(seeds * len(found.races), "network")
    messages.step("5 Train", f"{networks} of {counted(epochs, 'epoch')} in {found.seconds:.1f} s, compiling counted")
    out.step("Courses", f"mean validation loss of {counted(seeds, 'seed')}, each optimizer at its best rate")
    courses(out, best_of_each(found.races))
    out.line()
    out.step("Races", "validation loss at the end, the lowest first")
    head = ["optimizer", "rate", "mean", "lowest to highest", f"epochs to {short(found.level)}", "course"]
    rows = [head, *(_row(race, found.level, not is_utf8(out.stream)) for race in found.races)]
    out.table(rows, right=[1, 2, 3, 4])
    out.line()
    out.step("Verdict", found.verdict)


def _row(race: Race, level: float, plain: bool) -> list[str]:
    mean = np.nan_to_num(race.losses.mean(axis=0), nan=np.inf)
    if race.broken:
        said = [f"broke in {race.broken}", ""]
    else:
        said = [short(race.mean), f"{short(race.ends.min())} to {short(race.ends.max())}"]
    course = sparkline(mean.tolist(), width=_COURSE, ascii_only=plain)
    return [race.optimizer, short(race.rate), *said, str(race.epochs_to(level) or "–"), course]


def _plain(found: Comparison) -> dict[str, Any]:
    races = [
        {
            "optimizer": race.optimizer,
            "learning_rate": race.rate,
            "validation_loss": race.mean,
            "sd": race.spread,
            "broken": race.broken,
            "epochs_to_level": race.epochs_to(found.level),
            "seconds": race.seconds,
            "losses": race.losses,
        }
        for race in found.races
    ]
    return {"verdict": found.verdict, "level": found.level, "seconds": found.seconds, "races": races}
