"""What training has in common for ``glassnet train`` and ``glassnet resume``: a run folder, filled to its end or cut off."""

import shlex
import sys
from pathlib import Path
from typing import Any

from glassnet import workbench
from glassnet.cli import results
from glassnet.cli.answer import DIVERGED, DONE, GATE, INTERRUPTED, complain, print_json
from glassnet.cli.gate import check
from glassnet.cli.interrupts import Interrupts
from glassnet.cli.progress import Progress
from glassnet.cli.steps import Watcher
from glassnet.cli.terminal import Out
from glassnet.diagnosis import Health
from glassnet.foundation.errors import GlassnetError
from glassnet.workbench import Result, RunFolder, Settings
from glassnet.workbench.experiment import BrokenTrainingError
from glassnet.workbench.report_words import answer


def carry_out(
    arguments: Any, folder: RunFolder, source: str, target: str | None, settings: Settings, data: Out, messages: Out
) -> int:
    """Train from the start or from the last checkpoint, judge, fill the run folder, and say what came out."""
    watch = Watcher(messages)
    progress = Progress(messages, watch)
    with Interrupts(quiet=messages.quiet, soon=folder.keep_soon) as interrupts:
        try:
            callbacks = [progress, interrupts, *([Health()] if arguments.health else [])]
            result = workbench.train(source, target, settings=settings, watch=watch, callbacks=callbacks, run=folder)
            run_data = folder.finish(result)
        except KeyboardInterrupt:
            interrupts.save()
            progress.close()
            return _interrupted(folder, watch, settings, arguments.json)
        except Exception as error:
            progress.close()
            _keep_what_is_good(error, folder, watch)
            raise
        finally:
            folder.close()
    wrong, code = _verdict(arguments.fail_under, result)
    if arguments.json:
        print_json({**run_data, "folder": str(folder.path), "exit_code": code, **({"error": wrong} if wrong else {})})
    else:
        _say(data, result, run_data, folder.path)
        if wrong:
            complain(wrong, code, as_json=False)
    return code


def _interrupted(folder: RunFolder, watch: Watcher, settings: Settings, as_json: bool) -> int:
    if not folder.stop_early("interrupted", watch.predictor(), rows=watch.rows("test")):
        if folder.checkpoints is not None and folder.path.exists():
            message = f"stopped by Ctrl-C before another epoch was over; go on with: {_again(folder)}"
            return complain(message, INTERRUPTED, as_json, folder=str(folder.path), resume=_again(folder))
        return complain("stopped by Ctrl-C before the first epoch was over; nothing was kept", INTERRUPTED, as_json)
    where = f"after epoch {folder.epochs:,} of {settings.epochs:,}"
    if as_json:
        message = f"stopped by Ctrl-C {where}; go on with: {_again(folder)}"
        return complain(message, INTERRUPTED, as_json, folder=str(folder.path), resume=_again(folder))
    out = Out(sys.stderr)
    out.step("Stopped", f" {where}", first="by Ctrl-C", how="warn")
    out.command("Kept", str(folder.path))
    out.command("Go on with", _again(folder))
    return INTERRUPTED


def _again(folder: RunFolder) -> str:
    return shlex.join(["glassnet", "resume", str(folder.path)])


def _keep_what_is_good(error: Exception, folder: RunFolder, watch: Watcher) -> None:
    """Save the weights of the best epoch of a training that broke down, if any was better than a guess.

    Where even that fails, as on a full disk, the last checkpoint is still there.
    """
    diverged = isinstance(error, BrokenTrainingError)
    good = watch.predictor() if not diverged or error.best_epoch else None
    try:
        kept = folder.stop_early("diverged" if diverged else "failed", good, rows=watch.rows("test"), error=str(error))
    except (GlassnetError, OSError):
        kept = False
    if kept:
        which = f"epoch {error.best_epoch}, the best," if diverged else f"epoch {folder.epochs}"
        error.add_note(f"The weights of {which} are in {folder.path / 'model.glass'}.")
    if not diverged and folder.resumable:
        last = folder.checkpoints.last_epoch() if folder.checkpoints else 0
        error.add_note(f"The checkpoint after epoch {last} is whole; go on with: {_again(folder)}")


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
    if result.health is not None:
        results.health(out, result.health)
    out.command("Report", str(path / "report.html"))
    out.command("Model", str(path / "model.glass"))
