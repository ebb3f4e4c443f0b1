"""``glassnet train``."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from glassnet import workbench
from glassnet.cli import results
from glassnet.cli.answer import DIVERGED, DONE, GATE, INTERRUPTED, complain, print_json
from glassnet.cli.gate import check
from glassnet.cli.interrupts import Interrupts
from glassnet.cli.progress import Progress
from glassnet.cli.steps import Watcher
from glassnet.cli.terminal import Out, streams
from glassnet.workbench import Result, RunFolder, Settings
from glassnet.workbench.experiment import BrokenTrainingError
from glassnet.workbench.report_words import answer


def run(arguments: Any) -> int:
    """Train, judge, write the run folder, and say what came out."""
    data, messages = streams(arguments.quiet or arguments.json)
    settings = _settings(arguments)
    source, target = arguments.data, arguments.target
    watch = Watcher(messages)
    folder = RunFolder(
        arguments.out,
        Path(source).name,
        {
            "command": workbench.command_for(source, target, settings),
            "python": workbench.python_for(source, target, settings),
            "settings": settings.to_dict(),
        },
    )
    progress = Progress(messages, watch)
    with Interrupts(quiet=messages.quiet) as interrupts:
        try:
            callbacks = [folder, progress, interrupts]
            result = workbench.train(source, target, settings=settings, watch=watch, callbacks=callbacks)
            run_data = folder.finish(result)
        except KeyboardInterrupt:
            interrupts.save()
            progress.close()
            return _interrupted(folder, watch, arguments.json)
        except Exception as error:
            progress.close()
            _keep_what_is_good(error, folder, watch)
            raise
    wrong, code = _verdict(arguments.fail_under, result)
    if arguments.json:
        print_json({**run_data, "folder": str(folder.path), "exit_code": code, **({"error": wrong} if wrong else {})})
    else:
        _say(data, result, run_data, folder.path)
        if wrong:
            complain(wrong, code, as_json=False)
    return code


def _settings(arguments: Any) -> Settings:
    given = {field.name: getattr(arguments, field.name) for field in fields(Settings)}
    return Settings(**{name: value for name, value in given.items() if value is not None})


def _interrupted(folder: RunFolder, watch: Watcher, as_json: bool) -> int:
    if not folder.stop_early("interrupted", watch.predictor(), rows=watch.rows("test")):
        return complain("stopped by Ctrl-C before the first epoch was over; nothing was kept", INTERRUPTED, as_json)
    model = folder.path / "model.glass"
    message = f"stopped by Ctrl-C after epoch {folder.epochs}; its weights are in {model}"
    return complain(message, INTERRUPTED, as_json, folder=str(folder.path))


def _keep_what_is_good(error: Exception, folder: RunFolder, watch: Watcher) -> None:
    """Save the weights of the best epoch of a training that broke down, if any was better than a guess."""
    diverged = isinstance(error, BrokenTrainingError)
    good = watch.predictor() if not diverged or error.best_epoch else None
    status = "diverged" if diverged else "failed"
    if folder.stop_early(status, good, rows=watch.rows("test"), error=str(error)):
        which = f"epoch {error.best_epoch}, the best," if diverged else f"epoch {folder.epochs}"
        error.add_note(f"The weights of {which} are in {folder.path / 'model.glass'}.")


def _verdict(least: float | None, result: Result) -> tuple[str, int]:
    """What is wrong with a finished run, if anything, and the exit code."""
    if result.diverged:
        return f"{result.verdict.sentence} {result.verdict.actions[0]}", DIVERGED
    missed = check(least, result.evaluation)
    return missed, GATE if missed else DONE


def _say(out: Out, result: Result, run_data: dict[str, Any], path: Path) -> None:
    evaluation, verdict = result.evaluation, result.verdict
    out.step("6 Evaluate", " ".join(answer(run_data)).strip())
    results.scores(out, evaluation, result.rival_names)
    if evaluation.task == "classification":
        results.confusion(out, run_data["evaluation"]["confusion"], elsewhere="the report")
    out.step("7 Predict", "some test rows, the surest mistakes first" if evaluation.classes else "some test rows")
    results.answers(out, run_data["predictions"][:5])
    out.step(
        "Verdict", f": {verdict.sentence}", first=verdict.title, how="good" if verdict.kind == "good_fit" else "warn"
    )
    for action in verdict.actions:
        out.step("", f"→ {action}")
    out.step("Report", str(path / "report.html"))
    out.step("Model", str(path / "model.glass"))
