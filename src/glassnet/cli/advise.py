"""``glassnet advise``."""

import json
from pathlib import Path
from typing import Any

from glassnet import diagnosis, workbench
from glassnet.cli.answer import DONE, print_json
from glassnet.cli.terminal import Out, streams
from glassnet.diagnosis import Advice, Verdict
from glassnet.diagnosis.changes import TO_TRY
from glassnet.foundation.errors import ConfigError, DivergedError, GlassnetError
from glassnet.workbench import Settings

_RUN_FILE = "run.json"


def run(arguments: Any) -> int:
    """Train once more as the run did, say what its curves and rows tell, and try what could help."""
    data, messages = streams(arguments.quiet or arguments.json)
    folder = Path(arguments.run_folder)
    settings, source, target = _as_it_was(folder, arguments.data)
    messages.step("Again", f"{source}, as in {folder}")
    advice = _advice(source, target, settings, arguments)
    if arguments.json:
        print_json({"folder": str(folder), **advice.to_dict(), "exit_code": DONE})
        return DONE
    _say(data, advice.verdict)
    for place, trial in enumerate(advice.trials):
        data.step("" if place else "Tried", str(trial))
    if advice.note:
        messages.step("", advice.note)
    if not arguments.try_it and TO_TRY[advice.verdict.kind]:
        messages.step("", "whether this helps, --try shows: it trains with and without each")
    return DONE


def _advice(source: str, target: str | None, settings: Settings, arguments: Any) -> Advice:
    """The advice for this training; one whose numbers break has told what it had to tell."""
    held: list[Any] = []

    def watch(step: str, result: Any) -> None:
        if step == "network":
            held.append(result)

    try:
        subject: Any = workbench.train(source, target, settings=settings, watch=watch)
    except DivergedError:
        subject = held[0].history
    return diagnosis.advise(subject, try_it=arguments.try_it, seeds=arguments.seeds or 8)


def _say(out: Out, verdict: Verdict) -> None:
    how = "good" if verdict.kind == "good_fit" else "warn"
    out.step("Verdict", f": {verdict.sentence}", first=verdict.title, how=how)
    for item in verdict.evidence:
        out.step("", item.text)
    for action in verdict.actions:
        out.step("", f"→ {action}")


def _as_it_was(folder: Path, elsewhere: str | None) -> tuple[Settings, str, str | None]:
    """Settings, table and target of the run."""
    file = folder if folder.name == _RUN_FILE else folder / _RUN_FILE
    try:
        about = json.loads(file.read_text("utf-8"))
        settings, origin = Settings.from_dict(about["settings"]), about["origin"]
        source, target = elsewhere or origin["data"], origin["target"]
    except FileNotFoundError as error:
        raise ConfigError(
            f"Expected a run folder, which glassnet train makes. Received {str(folder)!r}, which has no {_RUN_FILE}. Pass one, "
            f"such as runs/20260101-120000-iris-1a2b3c."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, GlassnetError):
            raise
        raise ConfigError(
            f"Expected {file} to say how the run was started. Received one without {error}. Only a run of glassnet train can "
            f"be advised on; train again."
        ) from error
    if Path(source).is_absolute() and not Path(source).exists():
        raise GlassnetError(
            f"Expected the table of the run at {source!r}. Received nothing there. Put it back, or say where it is now with "
            f"--data FILE."
        )
    return settings, source, target
