"""``glassnet train``."""

import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from glassnet import workbench
from glassnet.callbacks import progress_for
from glassnet.cli import live
from glassnet.cli.main import DONE, GATE, INTERRUPTED
from glassnet.cli.source import table_from
from glassnet.cli.terminal import Out, streams
from glassnet.workbench import RunFolder, Settings


def run(arguments: Any) -> int:
    """Train, judge, write the run folder, and say what came out."""
    data, messages = streams(arguments.quiet or arguments.json)
    settings = _settings(arguments)
    table, built_in = table_from(arguments.data)
    name = arguments.data if built_in else Path(arguments.data).name
    watch = live.Watcher(messages)
    about = {
        "command": workbench.command_for(arguments.data, arguments.target, settings),
        "python": workbench.python_for(arguments.data, arguments.target, settings, built_in=built_in),
        "settings": settings.to_dict(),
    }
    folder = RunFolder(arguments.out, name, about)
    progress = [] if messages.quiet else [progress_for("auto")]
    try:
        result = workbench.train(
            table, arguments.target, settings=settings, name=name, watch=watch, callbacks=(folder, *progress)
        )
    except KeyboardInterrupt:
        folder.stop_early("interrupted", watch.predictor())
        messages.line()
        messages.line(f"stopped by Ctrl-C; the weights of the last whole epoch are in {folder.path / 'model.glass'}")
        return INTERRUPTED
    except Exception as error:
        folder.stop_early("failed", error=str(error))
        raise
    run_data = folder.finish(result)
    if arguments.json:
        print(json.dumps({**run_data, "folder": str(folder.path)}))
    else:
        _say(data, result, run_data, folder.path)
    return _gate(arguments.fail_under, result, messages)


def _settings(arguments: Any) -> Settings:
    given = {field.name: getattr(arguments, field.name, None) for field in fields(Settings)}
    return Settings(**{name: value for name, value in given.items() if value is not None})


def _say(out: Out, result: Any, run_data: dict[str, Any], path: Path) -> None:
    evaluation = result.evaluation
    out.step("6 Evaluate", f"{len(evaluation.truth)} test rows, which training never saw")
    out.block(live.scores(evaluation, result.rival_names))
    if evaluation.task == "classification":
        matrix = run_data["evaluation"]["confusion"]
        out.line()
        out.block(live.confusion(matrix["labels"], matrix["counts"]))
    out.step("7 Predict", "some test rows, the surest mistakes first")
    out.block(live.answers(run_data["predictions"][:5]))
    colour = "good" if result.verdict.kind == "good_fit" else "warn"
    out.step("Verdict", f"{out.style(result.verdict.title, colour)}: {result.verdict.sentence}")
    for action in result.verdict.actions:
        out.step("", f"→ {action}")
    out.step("Report", str(path / "report.html"))
    out.step("Model", str(path / "model.glass"))


def _gate(least: float | None, result: Any, messages: Out) -> int:
    if least is None:
        return DONE
    score = "accuracy" if result.evaluation.task == "classification" else "R²"
    value = result.evaluation.measured[score]["network"].value
    if value >= least:
        return DONE
    messages.line(f"{score} {value:.3f} is below the asked {least:g}")
    sys.stderr.flush()
    return GATE
