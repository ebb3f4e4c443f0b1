"""The model card of a run: one page of Markdown that travels with the model file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from glassnet.plots.markup import shorten
from glassnet.workbench import report_words as words
from glassnet.workbench.report_html import listed, mappings, part

_OWNER = (
    "To be written by whoever hands this model on: who should use it, for which decision, and who should not. Glassnet "
    "saw only the data described here and cannot know."
)
_MOST_CLASSES = 20
_MOST_NOTES = 20


def card_markdown(run: Mapping[str, Any]) -> str:
    """The model card of a stored run, in Markdown.

    Args:
        run: what ``run.json`` holds. Parts that are missing are left out of the card.

    Returns:
        Markdown that ends with a newline; text from the data is escaped.

    Example:
        >>> print(card_markdown({"title": "moons"}).splitlines()[0])
        # moons

    Reference:
        M. Mitchell et al., Model Cards for Model Reporting, 2019.
    """
    parts = [
        f"# {_plain(shorten(run.get('title') or 'A trained network', 120))}",
        _summary(run),
        _section("Intended use", [_OWNER]),
        _section("Data", _data(run)),
        _section("Results", _results(run)),
        _section("What the learning curves say", _verdict(run)),
        _section("Limits", [f"- {_plain(sentence)}" for sentence in words.limits(run)], "\n"),
        _section("How to use it", _use(run)),
        _section("How it was made", _made(run)),
    ]
    return "\n\n".join(piece for piece in parts if piece) + "\n"


def _section(title: str, pieces: Iterable[str], between: str = "\n\n") -> str:
    content = between.join(piece for piece in pieces if piece)
    return f"## {title}\n\n{content}" if content else ""


def _plain(text: object) -> str:
    """Text on one line in which nothing is read as Markdown or HTML."""
    line = " ".join(str(text).split())
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", line)


def _fence(text: object, language: str) -> str:
    """A code block whose fence is longer than any run of backticks inside."""
    written = str(text).strip("\n")
    longest = max((len(run) for run in re.findall(r"`+", written)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{written}\n{fence}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _summary(run: Mapping[str, Any]) -> str:
    first, then = words.answer(run)
    return _plain(f"{first} {then}".strip())


def _data(run: Mapping[str, Any]) -> list[str]:
    data, split = part(run, "data"), part(run, "split")
    rows, columns = words.number(data.get("rows")), len(listed(data.get("columns")))
    named = [
        ("Source", data.get("source")),
        (
            "Size",
            f"{rows:,.0f} rows, {columns:,} columns" if rows and columns else f"{rows:,.0f} rows" if rows else None,
        ),
        ("Predicted", f"{data['target']} ({data.get('task') or 'task not known'})" if data.get("target") else None),
        ("Classes", _classes(listed(data.get("classes")))),
        ("Split", split.get("sentence")),
    ]
    lines = [f"- {name}: {_plain(value)}" for name, value in named if value]
    notes = [f"- {_plain(note)}" for note in listed(data.get("notes"))[:_MOST_NOTES]]
    return ["\n".join([*lines, *notes])]


def _classes(classes: list[Any]) -> str:
    more = f" and {len(classes) - _MOST_CLASSES} more" if len(classes) > _MOST_CLASSES else ""
    return ", ".join(str(label) for label in classes[:_MOST_CLASSES]) + more


def _results(run: Mapping[str, Any]) -> list[str]:
    evaluation = part(run, "evaluation")
    names = words.models(evaluation)
    metrics = [metric for metric in mappings(evaluation.get("metrics"))[:20] if part(metric, "network")]
    if not metrics:
        return []
    rows = [[_plain(metric.get("name")), *(_result(metric, key) for key, _ in names)] for metric in metrics]
    count = words.number(evaluation.get("rows"))
    under = f"On {count:,.0f} test rows. " if count else ""
    if evaluation.get("interval"):
        under += f"In brackets: {_plain(evaluation['interval'])}."
    return [_table(["metric", *(_plain(name) for _, name in names)], rows), under.strip()]


def _result(metric: Mapping[str, Any], key: str) -> str:
    if not part(metric, key):
        return "–"
    between = words.interval(metric, key)
    return words.written(metric, part(metric, key).get("value")) + (f" ({between})" if between else "")


def _verdict(run: Mapping[str, Any]) -> list[str]:
    verdict = part(run, "verdict")
    if not verdict.get("sentence"):
        return []
    sure = words.certainty(verdict.get("confidence"))
    title = f"**{_plain(words.verdict_title(verdict))}**" + (f" ({sure})" if sure else "")
    actions = [f"{index}. {_plain(action)}" for index, action in enumerate(listed(verdict.get("actions"))[:3], 1)]
    return [f"{title}: {_plain(verdict['sentence'])}", "\n".join(actions)]


def _use(run: Mapping[str, Any]) -> list[str]:
    model = part(run, "files").get("model")
    if not model:
        return []
    python = (
        "from glassnet.workbench import Predictor\n\n"
        f"answers = Predictor.load({str(model)!r}).predict('new.csv')\n"
        "print(answers.values)"
    )
    return [_fence(f"glassnet predict {model} new.csv", "sh"), _fence(python, "python")]


def _made(run: Mapping[str, Any]) -> list[str]:
    network, training = part(run, "network"), part(run, "training")
    named = [
        ("Made", run.get("created")),
        ("Parameters", network.get("parameters")),
        ("Loss", network.get("loss")),
        ("Optimizer", network.get("optimizer")),
        ("Epochs", training.get("epochs_run")),
        ("Weights kept", f"epoch {words.kept_epoch(training)}" if words.kept_epoch(training) else None),
        ("Seed", run.get("seed")),
        ("Versions", ", ".join(f"{name} {value}" for name, value in list(part(run, "versions").items())[:20])),
    ]
    lines = "\n".join(f"- {name}: {_plain(value)}" for name, value in named if value not in (None, ""))
    command = _fence(run["command"], "sh") if run.get("command") else ""
    return [lines, command]
