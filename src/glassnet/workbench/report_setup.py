"""The parts of the report that say how it came about: data, columns, network, training, how to do it again, limits."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from glassnet.foundation.readable import numbers, percent, short
from glassnet.plots import learning_rates
from glassnet.workbench import report_words as words
from glassnet.workbench.report_html import (
    Safe,
    bullets,
    code,
    facts,
    folded,
    html,
    joined,
    listed,
    mappings,
    part,
    section,
    table,
)

MOST_COLUMNS = 200
OPEN_COLUMNS = 12
MOST_CLASSES = 20
MOST_LAYERS = 60
_PARTS = ("train", "validation", "test")


def data(run: Mapping[str, Any]) -> Safe:
    """Where the rows came from, what is predicted, and how they were parted."""
    given, split = part(run, "data"), part(run, "split")
    named = facts(
        [
            ("source", given.get("source")),
            ("rows", _count(given.get("rows"))),
            ("columns", len(listed(given.get("columns"))) or None),
            ("target", given.get("target")),
            ("task", given.get("task")),
        ]
    )
    reason = html("p", given["task_reason"]) if given.get("task_reason") else Safe("")
    sentence = html("p", split["sentence"]) if split.get("sentence") else Safe("")
    return section(
        "Data and split", named, reason, sentence, _parts(given, split), bullets(listed(given.get("notes"))[:20])
    )


def _count(value: Any) -> str | None:
    amount = words.number(value)
    return None if amount is None else f"{amount:,.0f}"


def _parts(given: Mapping[str, Any], split: Mapping[str, Any]) -> Safe:
    """Rows of each part, and of each class in it."""
    parts = [name for name in _PARTS if words.number(split.get(name)) is not None]
    if not parts:
        return Safe("")
    counts, classes = part(given, "counts"), listed(given.get("classes"))
    total = [_count(split[name]) or "" for name in parts]
    rows: list[list[object]] = [["all rows", *total]] if not classes else []
    for index, label in enumerate(classes[:MOST_CLASSES]):
        rows.append([str(label), *(_of_class(listed(counts.get(name)), index) for name in parts)])
    if len(classes) > MOST_CLASSES:
        rows.append([f"{len(classes) - MOST_CLASSES} more classes", *["" for _ in parts]])
    if classes:
        rows.append(["all rows", *total])
    head = ["class" if classes else "", *("training" if name == "train" else name for name in parts)]
    return table("Rows in each part", head, rows, numeric=range(1, len(parts) + 1))


def _of_class(counts: list[Any], index: int) -> Safe:
    known = [words.number(count) or 0.0 for count in counts]
    if index >= len(known) or not sum(known):
        return Safe("–")
    return Safe(f"{known[index]:,.0f} " + html("small", f"({percent(known[index] / sum(known))})"))


def columns(run: Mapping[str, Any]) -> Safe:
    """Each column and what was done to it; long lists are folded, very long ones cut."""
    found = mappings(part(run, "data").get("columns"))
    if not found:
        return Safe("")
    rows = [
        [
            *(column.get(key, "") for key in ("name", "kind", "role")),
            _count(column.get("missing")) or "–",
            column.get("preparation") or "–",
            _count(column.get("outputs")) or "–",
        ]
        for column in found[:MOST_COLUMNS]
    ]
    head = ["column", "kind", "role", "missing", "preparation", "inputs made"]
    caption = "Preparation was fitted on the training rows alone"
    listing = table(caption, head, rows, numeric=(3, 5))
    cut = len(found) - len(rows)
    more = html("p", f"{cut:,} more columns are not listed: {_kinds(found[MOST_COLUMNS:])}.") if cut else Safe("")
    if len(found) <= OPEN_COLUMNS:
        return section("Columns", listing)
    lead = html("p", f"{len(found):,} columns: {_kinds(found)}.")
    return section("Columns", lead, folded("All columns and their preparation", listing, more))


def _kinds(found: list[dict[str, Any]]) -> str:
    counts: dict[str, int] = {}
    for column in found:
        kind = str(column.get("kind") or "unknown")
        counts[kind] = counts.get(kind, 0) + 1
    if len(counts) == 1:
        return f"all of kind {next(iter(counts))}"
    return ", ".join(f"{count:,} of kind {kind}" for kind, count in list(counts.items())[:8])


def network(run: Mapping[str, Any]) -> Safe:
    """The layers, their outputs and parameters."""
    built = part(run, "network")
    layers = mappings(built.get("layers"))
    rows = [
        [
            layer.get("name", ""),
            layer.get("type", ""),
            _shape(layer.get("output_shape")),
            _count(layer.get("parameters")) or "0",
        ]
        for layer in layers[:MOST_LAYERS]
    ]
    if len(layers) > MOST_LAYERS:
        rows.append([f"{len(layers) - MOST_LAYERS} more layers", "", "", ""])
    listing = table("Layers from input to output", ["layer", "type", "output", "parameters"], rows, numeric=(3,))
    named = facts(
        [
            ("parameters", _count(built.get("parameters"))),
            ("loss", built.get("loss")),
            ("optimizer", built.get("optimizer")),
            ("learning rate", _plain(built.get("learning_rate"))),
            ("SHA-256 of the weights", built.get("weights_sha256")),
        ]
    )
    return section("Network", listing, named)


def _shape(value: Any) -> str:
    """``[None, 16]`` or its text as ``rows × 16``; the size that is not fixed is the number of rows."""
    sizes = listed(value) or [size.strip() for size in str(value or "").strip("()").split(",")]
    return " × ".join("rows" if size in (None, "None") else str(size) for size in sizes if size != "")


def _plain(value: Any) -> str | None:
    amount = words.number(value)
    return None if value is None else short(amount) if amount is not None else str(value)


def training(run: Mapping[str, Any]) -> Safe:
    """How long, how fast, on what."""
    done = part(run, "training")
    asked, ran = _count(done.get("epochs")), _count(done.get("epochs_run"))
    seconds, compiling = words.number(done.get("seconds")), words.number(done.get("compile_seconds"))
    named = [
        ("epochs", ran if ran == asked or asked is None else f"{ran or '?'} of {asked}"),
        ("weights kept", f"those of epoch {words.kept_epoch(done)}" if words.kept_epoch(done) else None),
        ("rows a batch", _count(done.get("batch_size"))),
        ("updates", _updates(done)),
        ("resumed", _resumed(run)),
        ("time", None if seconds is None else f"{_seconds(seconds)} training"),
        ("compiling", None if compiling is None else _seconds(compiling)),
        (
            "speed",
            f"{_count(round(done['rows_per_second'], -2))} rows a second"
            if words.number(done.get("rows_per_second"))
            else None,
        ),
        ("device", done.get("device")),
    ]
    return section("Training", facts(named))


def _updates(done: Mapping[str, Any]) -> str | None:
    """How often the weights moved, as arithmetic: ``"12 batches × 50 epochs = 600"``."""
    batches, epochs, updates = (_count(done.get(name)) for name in ("batches_per_epoch", "epochs_run", "updates"))
    if batches is None or epochs is None or updates is None:
        return updates
    rows, size = _count(done.get("rows")), _count(done.get("batch_size"))
    cut = f" ({rows} rows in batches of {size})" if rows and size else ""
    return f"{batches} batches an epoch{cut} × {epochs} epochs = {updates}"


def _resumed(run: Mapping[str, Any]) -> str | None:
    """Where the run was cut off and went on."""
    epochs = [_count(item.get("after_epoch")) for item in mappings(run.get("resumed"))[:20]]
    return (
        f"after epoch {', '.join(epoch or '?' for epoch in epochs)}; the times are of the last part" if epochs else None
    )


def learning_rate(run: Mapping[str, Any]) -> Safe:
    """The learning rate that was found, or why none was: with a picture of the search."""
    found = part(run, "learning_rate_found")
    applied = words.number(found.get("rate"))
    if applied is None:
        return Safe("")
    low, high = words.number(found.get("low")), words.number(found.get("high"))
    is_found = bool(found.get("found"))
    band = f"{short(low)} to {short(high)}, the middle half of the seeds" if low is not None else None
    named = facts(
        [
            ("applied", short(applied) if is_found else f"{short(applied)}, the optimizer’s own, since none was found"),
            ("band", band),
            ("reason", found.get("reason")),
        ]
    )
    return section("Learning rate", _search(found, applied if is_found else None), named)


def _search(found: Mapping[str, Any], chosen: float | None) -> Safe:
    rates, losses = numbers(listed(found.get("rates"))), [numbers(listed(row)) for row in listed(found.get("losses"))]
    tried = numbers(listed(found.get("trial_rates")))
    ends = [numbers(listed(row)) for row in listed(found.get("trial_losses"))]
    whole = [len(row) == len(rates) for row in losses]
    if not len(rates) or not losses or not all(whole) or not np.isfinite(np.stack(losses)).any():
        return Safe("")
    if len(ends) != len(tried) or len({len(row) for row in ends}) > 1:
        tried, ends = numbers([]), []
    drawn = learning_rates(rates, np.stack(losses), chosen=chosen, trial_rates=tried, trial_losses=ends or ())
    return html("div", Safe(drawn.svg), class_="scroll fit")


def _seconds(value: float) -> str:
    """A duration in the unit a person would choose."""
    if value < 1:
        return f"{1000 * value:.0f} ms"
    if value < 120:
        return f"{short(value)} s"
    return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.1f} h"


def reproduce(run: Mapping[str, Any]) -> Safe:
    """Command, Python code, seed, versions, files."""
    versions, files = part(run, "versions"), part(run, "files")
    pieces = []
    if run.get("command"):
        pieces += [html("h3", "On the command line"), code(run["command"])]
    if run.get("python"):
        pieces += [html("h3", "In Python"), code(run["python"])]
    if run.get("seed") is not None:
        pieces.append(
            html("p", f"Seed {run['seed']}: the same seed on the same machine gives the same numbers, bit for bit.")
        )
    pieces.append(facts(list(versions.items())[:30]))
    if files:
        pieces += [html("h3", "Files of this run"), facts(list(files.items())[:30])]
    return section("Do it again", *pieces)


def limits(run: Mapping[str, Any]) -> Safe:
    """What the numbers cannot tell."""
    return section("Limits", bullets(words.limits(run)))


def setup(run: Mapping[str, Any]) -> Safe:
    """All of this page's lower half, in order."""
    return joined(
        [data(run), columns(run), network(run), learning_rate(run), training(run), reproduce(run), limits(run)]
    )
