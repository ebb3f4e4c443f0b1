"""The parts of the report that show what came out: answer, verdict, curves, evaluation, predictions."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from glassnet.foundation.readable import numbers, percent, short
from glassnet.plots import bars, confusion_matrix, curves, error_histogram, predicted_against_true
from glassnet.workbench import report_words as words
from glassnet.workbench.report_health import health
from glassnet.workbench.report_html import Safe, bullets, folded, html, joined, listed, mappings, part, section, table

MOST_CURVES = 4
MOST_CHARTS = 4
MOST_EPOCH_ROWS = 60
MOST_PREDICTIONS = 14
MOST_CLASSES = 20
_TONES = {"good_fit": "good", "diverged": "bad", "no_better_than_baseline": "bad"}
_SIGNS = {
    "good": "M4 13.5l6 6L22 7",
    "care": "M13 3l11 20H2zM13 10v6M13 19.5v.1",
    "bad": "M6 6l14 14M20 6L6 20",
}


def headline(run: Mapping[str, Any]) -> Safe:
    """The one-line answer, and the three results it rests on."""
    first, then = words.answer(run)
    if not first:
        return Safe("")
    evaluation = part(run, "evaluation")
    metric = mappings(evaluation.get("metrics"))[0]
    cells = []
    for key, name in words.models(evaluation):
        value = words.written(metric, part(metric, key).get("value"))
        label = f"{name}: {metric.get('name')}" if key == "network" else name
        small = html("small", words.interval(metric, key))
        cell = html("dt", label) + html("dd", html("span", value, class_="figure"), small)
        cells.append(html("div", Safe(cell), class_="first" if key == "network" else None))
    line = html("p", html("strong", first), " ", html("span", then, class_="quiet"), class_="answer")
    return Safe(line + html("dl", *cells, class_="scores"))


def verdict(run: Mapping[str, Any]) -> Safe:
    """The verdict on the curves in words, with what to do first."""
    said = part(run, "verdict")
    if not said.get("sentence"):
        return Safe("")
    tone = _TONES.get(str(said.get("kind")), "care")
    sign = Safe(f'<svg viewBox="0 0 26 26" aria-hidden="true"><path d="{_SIGNS[tone]}"/></svg>')
    sure = words.certainty(said.get("confidence"))
    aside = (
        html("span", f" · {sure}, confidence {short(words.number(said.get('confidence')), 2)}") if sure else Safe("")
    )
    evidence = bullets(item.get("text") for item in mappings(said.get("evidence"))[:12] if item.get("text"))
    inside = [
        html("h2", words.verdict_title(said), aside, id="verdict"),
        html("p", said["sentence"]),
        _actions([str(action) for action in listed(said.get("actions"))[:3]], tone),
        folded("The numbers behind it", evidence),
    ]
    return html("section", sign, html("div", *inside), class_=f"verdict {tone}", aria_labelledby="verdict")


def _actions(actions: list[str], tone: str) -> Safe:
    if not actions:
        return Safe("")
    return html("ol", *(html("li", action) for action in actions)) if len(actions) > 1 else html("p", actions[0])


def learning_curves(run: Mapping[str, Any]) -> Safe:
    """Training against validation, one figure a quantity, and the numbers behind them."""
    history = {str(key): numbers(values).tolist() for key, values in part(run, "history").items() if listed(values)}
    names = [key for key in history if not key.startswith("val_")]
    if not names:
        return Safe("")
    mark, label = _marked(run, history)
    width = 400 if len(names) > 1 else 480
    drawn = [_curve(history, name, (mark, label), run, width) for name in names]
    first = html("div", *drawn[:MOST_CURVES], class_="figures" if len(drawn) > 1 else "figures one")
    more = folded(
        f"{len(drawn) - MOST_CURVES} more curves", html("div", *drawn[MOST_CURVES : 4 * MOST_CURVES], class_="figures")
    )
    rest = more if len(drawn) > MOST_CURVES else Safe("")
    return section("Learning curves", first, rest, folded("The numbers, epoch by epoch", _epochs(history)))


def _marked(run: Mapping[str, Any], history: Mapping[str, list[float]]) -> tuple[int | None, str]:
    """The epoch to mark: the one whose weights were kept, else the lowest validation loss."""
    kept = words.kept_epoch(part(run, "training"))
    if kept:
        return kept, "kept"
    said = part(run, "verdict")
    if said.get("kind") == "overfitting" and words.number(said.get("since_epoch")):
        return int(
            words.number(said["since_epoch"]) or 1
        ), "best"  # the same epoch that the verdict names, by the smoothed curve
    checked = np.array(history.get("val_loss", []))
    if len(checked) and np.isfinite(checked).any():
        return int(np.nanargmin(np.where(np.isfinite(checked), checked, np.nan))) + 1, "best"
    return None, "best"


def _curve(
    history: Mapping[str, list[float]], name: str, mark: tuple[int | None, str], run: Mapping[str, Any], width: int
) -> Safe:
    series = {"training": history[name]}
    if f"val_{name}" in history:
        series["validation"] = history[f"val_{name}"]
    loss = part(run, "network").get("loss") if name == "loss" else None
    drawn = curves(
        series,
        title=_title(name.replace("_", " ")),
        y_label=str(loss or "").replace("_", " "),
        mark=mark[0] if "validation" in series else None,
        mark_label=mark[1],
        log=name == "loss" and _spans_decades(series),
        width=width,
        height=290,
    )
    return Safe(drawn)


def _title(words_: str) -> str:
    return words_[:1].upper() + words_[1:]


def _spans_decades(series: Mapping[str, list[float]]) -> bool:
    """Whether the values differ so much that only powers of ten show them all."""
    values = np.concatenate([np.array(values) for values in series.values()])
    values = values[np.isfinite(values)]
    return bool(len(values) and values.min() > 0 and values.max() > 200 * values.min())


def _epochs(history: Mapping[str, list[float]]) -> Safe:
    last = max(len(values) for values in history.values())
    shown = np.unique(np.linspace(1, last, min(last, MOST_EPOCH_ROWS)).round().astype(int))
    keys = list(history)[:8]
    rows = [
        [f"{epoch:,}", *(short(history[key][epoch - 1]) if epoch <= len(history[key]) else "" for key in keys)]
        for epoch in shown.tolist()
    ]
    caption = "Each epoch" if len(shown) == last else f"{len(shown)} of {last:,} epochs"
    return table(caption, ["epoch", *keys], rows, numeric=range(1, len(keys) + 1))


def evaluation(run: Mapping[str, Any]) -> Safe:
    """Every metric with its interval beside the others', and where the mistakes are."""
    judged = part(run, "evaluation")
    metrics = [metric for metric in mappings(judged.get("metrics"))[:12] if part(metric, "network")]
    if not metrics:
        return Safe("")
    names = words.models(judged)
    charts = html(
        "div",
        *(_bars(metric, names) for metric in metrics[:MOST_CHARTS]),
        class_="figures" if len(metrics) > 1 else "figures one",
    )
    rows = [[str(metric.get("name")), *(_result(metric, key) for key, _ in names)] for metric in metrics]
    asked = f"Results on {short(words.number(judged.get('rows')))} test rows"
    caption = f"{asked}; in brackets: {judged['interval']}" if judged.get("interval") else asked
    results = table(caption, ["metric", *(name for _, name in names)], rows, numeric=range(1, len(names) + 1))
    return section("Evaluation", charts, results, _confusion(judged), _residuals(judged))


def _bars(metric: Mapping[str, Any], names: list[tuple[str, str]]) -> Safe:
    results = [part(metric, key) for key, _ in names]
    columns = [[words.number(result.get(end)) for result in results] for end in ("value", "low", "high")]
    better = "lower is better" if metric.get("better") == "lower" else "higher is better"
    title, labels = _title(str(metric.get("name"))), [name for _, name in names]
    shares = words.is_share(metric)
    return Safe(bars(labels, *columns, title=title, note=better, shares=shares, spell=False, width=400))


def _result(metric: Mapping[str, Any], key: str) -> Safe:
    if not part(metric, key):
        return Safe("–")
    value = words.written(metric, part(metric, key).get("value"))
    between = words.interval(metric, key)
    main = html("span", value, class_="strong" if key == "network" else None)
    return Safe(main + (" " + html("small", f"({between})") if between else ""))


def _confusion(judged: Mapping[str, Any]) -> Safe:
    found = part(judged, "confusion")
    labels, rows = listed(found.get("labels")), [numbers(listed(row)) for row in listed(found.get("counts"))]
    if not labels or [len(row) for row in rows] != [len(labels)] * len(labels):
        return Safe("")
    counts = np.clip(np.nan_to_num(np.stack(rows)), 0, 1e15)
    look = "scroll fit roomy" if len(labels) > 5 else "scroll fit"
    drawn = confusion_matrix(counts, labels, title="Which class was taken for which")
    return Safe(html("div", Safe(drawn), class_=look) + _classes(labels, counts))


def _classes(labels: list[Any], counts: np.ndarray) -> Safe:
    truth, named, right = counts.sum(1), counts.sum(0), np.diag(counts)
    rows = [
        [
            str(label),
            short(float(truth[i])),
            percent(right[i] / truth[i]) if truth[i] else "–",
            percent(right[i] / named[i]) if named[i] else "–",
        ]
        for i, label in enumerate(labels[:200])
    ]
    head = ["class", "test rows", "found (recall)", "right when named (precision)"]
    listing = table("Class by class", head, rows, numeric=(1, 2, 3))
    return listing if len(labels) <= MOST_CLASSES else folded(f"All {len(labels)} classes", listing)


def _residuals(judged: Mapping[str, Any]) -> Safe:
    found = part(judged, "residuals")
    truth, predicted = listed(found.get("truth")), listed(found.get("predicted"))
    if not truth or len(truth) != len(predicted):
        return Safe("")
    drawn = [Safe(predicted_against_true(truth, predicted)), Safe(error_histogram(truth, predicted))]
    return html("div", *drawn, class_="figures")


def predictions(run: Mapping[str, Any]) -> Safe:
    """Some of the stored rows: the worst mistakes first, then those the network was least sure of."""
    rows = mappings(run.get("predictions"))
    if not rows:
        return Safe("")
    all_rows = words.number(part(run, "evaluation").get("rows")) or len(rows)
    if any(words.number(row.get("probability")) is not None for row in rows) or not _numeric(rows):
        return section("Some predictions", _classified(rows, all_rows))
    return section("Some predictions", _estimated(rows, all_rows))


def _of_all(shown: int, all_rows: float) -> str:
    return f"{shown} of {max(all_rows, shown):,.0f} test rows"


def _numeric(rows: list[dict[str, Any]]) -> bool:
    return all(
        words.number(row.get("truth")) is not None and words.number(row.get("predicted")) is not None for row in rows
    )


def _classified(rows: list[dict[str, Any]], all_rows: float) -> Safe:
    def order(row: dict[str, Any]) -> tuple[bool, float]:
        sure = words.number(row.get("probability")) or 0.0
        wrong = row.get("truth") != row.get("predicted")
        return (not wrong, -sure if wrong else sure)

    ordered = sorted(rows, key=order)
    fine = [row for row in ordered if row.get("truth") == row.get("predicted")]
    wrong = [row for row in ordered if row.get("truth") != row.get("predicted")]
    wrong = wrong[: MOST_PREDICTIONS - min(len(fine), MOST_PREDICTIONS // 2)]
    fine = fine[: MOST_PREDICTIONS - len(wrong)]
    lines = []
    for row in [*wrong, *fine]:
        missed = row.get("truth") != row.get("predicted")
        outcome = html("span", "wrong", class_="wrong") if missed else Safe("right")
        answer = [row.get("truth"), row.get("predicted"), _probability(row.get("probability")), outcome]
        lines.append([str(row.get("row", "")), *answer])
    caption = f"{_of_all(len(lines), all_rows)}: the surest mistakes first, the surest right answers last"
    return table(caption, ["row", "truth", "predicted", "probability", ""], lines)


def _probability(value: Any) -> Safe:
    share = words.number(value)
    if share is None or not 0 <= share <= 1:
        return Safe("–")
    bar = html("span", html("i", style=f"width:{100 * share:.0f}%"), class_="share", aria_hidden="true")
    return Safe(bar + percent(share))


def _estimated(rows: list[dict[str, Any]], all_rows: float) -> Safe:
    def error(row: dict[str, Any]) -> float:
        return (words.number(row.get("predicted")) or 0.0) - (words.number(row.get("truth")) or 0.0)

    worst = sorted(rows, key=lambda row: -abs(error(row)))[:MOST_PREDICTIONS]
    lines = [
        [
            str(row.get("row", "")),
            *(short(words.number(row.get(key)), 4) for key in ("truth", "predicted")),
            _signed(error(row)),
        ]
        for row in worst
    ]
    caption = f"{_of_all(len(lines), all_rows)}: the largest error first"
    return table(caption, ["row", "truth", "predicted", "error"], lines, numeric=(1, 2, 3))


def _signed(value: float) -> str:
    return f"+{short(value)}" if value > 0 else short(value)


def results(run: Mapping[str, Any]) -> Safe:
    """All of this page's upper half, in order."""
    return joined([learning_curves(run), health(run), evaluation(run), predictions(run)])
