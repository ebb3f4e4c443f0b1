"""``glassnet check``."""

from collections import Counter
from typing import Any

from glassnet import data, diagnosis, workbench
from glassnet.cli.answer import DATA, DONE, print_json
from glassnet.cli.steps import counted
from glassnet.cli.terminal import Out, streams
from glassnet.data import SampleTable
from glassnet.diagnosis import Checked, Finding
from glassnet.foundation.errors import DataError
from glassnet.workbench import Settings
from glassnet.workbench.source import table_of

_HOW = {"error": "bad", "warning": "warn", "note": "dim"}
_MOST_CLASSES = 6


def run(arguments: Any) -> int:
    """Say what is wrong with a table before anything is trained on it."""
    out, _ = streams(arguments.quiet or arguments.json)
    settings = settings_from(arguments)
    table = table_of(arguments.data)
    target = arguments.target or (table.target if isinstance(table, SampleTable) else None)
    checked = diagnosis.check_table(
        table,
        target,
        task=settings.task,
        test=settings.test,
        validation=settings.validation,
        seed=settings.seed,
        hidden=settings.hidden,
        batch_size=settings.batch_size,
    )
    code = DATA if checked.errors else DONE
    if arguments.json:
        print_json({**checked.to_dict(), "target": target, "exit_code": code})
        return code
    out.step("Data", f"{table.name}: {counted(table.rows, 'row')}, {counted(len(table.names) - 1, 'column')}")
    out.step("", _goal(table, str(target), settings.task))
    for severity in ("error", "warning", "note"):
        _group(out, severity, checked.graded(severity))
    _end(out, checked, workbench.command_for(arguments.data, arguments.target, settings))
    return code


def settings_from(arguments: Any) -> Settings:
    """What was chosen on the command line, the defaults for the rest."""
    names = ("task", "test", "validation", "seed", "hidden", "batch_size")
    given = {name: getattr(arguments, name, None) for name in names}
    return Settings(**{name: value for name, value in given.items() if value is not None})


def _goal(table: Any, target: str, task: str) -> str:
    """What is predicted, where that can be said."""
    try:
        plan = data.plan_target(table, target, task, least_rows=1)
    except DataError:
        return f"target {target}"
    if plan.codes is None:
        return f"target {target}: regression"
    counts = Counter(plan.codes.tolist())
    shown = ", ".join(f"{name} {counts[i]:,}" for i, name in enumerate(plan.classes[:_MOST_CLASSES]))
    more = len(plan.classes) - _MOST_CLASSES
    return f"target {target}: classification, {shown}{f' and {more} more' if more > 0 else ''}"


def _group(out: Out, severity: str, findings: tuple[Finding, ...]) -> None:
    """One severity's findings, each with its evidence and what to do."""
    name = severity.capitalize() + ("s" if len(findings) > 1 else "")
    for number, finding in enumerate(findings):
        out.line()
        where = f": {finding.where}" if finding.where else ""
        out.step(name if not number else "", where, first=finding.title, how=_HOW[severity])
        out.step("", finding.sentence)
        out.step("", f"→ {finding.fix}")


def _end(out: Out, checked: Checked, command: str) -> None:
    out.line()
    if checked.errors:
        what = "errors" if len(checked.errors) > 1 else "error"
        out.step("Found", f"; correct the {what} first", first=checked.sentence(), how="bad")
        return
    how = "warn" if checked.warnings else "good"
    out.step("Found", f"; nothing stops training: {command}", first=checked.sentence(), how=how)
