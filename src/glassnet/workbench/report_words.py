"""What a run says in plain sentences; report and card share them."""

from collections.abc import Mapping
from typing import Any

from glassnet.foundation.readable import percent, short
from glassnet.workbench.report_html import listed, mappings, part

_CERTAINTY = ((0.85, "very likely"), (0.65, "likely"), (0.4, "perhaps"), (0.0, "little more than a guess"))
_FEW_ROWS = 100
_FEW_OF_A_CLASS = 10


def is_share(metric: Mapping[str, Any]) -> bool:
    """Whether a metric is read in percent: the accuracies, and precision and recall."""
    name = str(metric.get("name", "")).lower()
    return any(word in name for word in ("accuracy", "precision", "recall"))


def number(value: Any) -> float | None:
    """`value` as a float, None where it is no finite number."""
    known = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
    return float(value) if known else None


def kept_epoch(training: Mapping[str, Any]) -> int | None:
    """The epoch, counted from 1, whose weights were put back after training; None where the last ones stayed."""
    epoch = number(training.get("restored_epoch"))
    return int(epoch) if epoch and epoch >= 1 else None


def written(metric: Mapping[str, Any], value: Any) -> str:
    """A value of a metric, in percent where the metric is read so."""
    return percent(number(value)) if is_share(metric) else short(number(value))


def interval(metric: Mapping[str, Any], model: str) -> str:
    """``"93.9 to 99.1 %"``; empty where there is no interval."""
    result = part(metric, model)
    low, high = number(result.get("low")), number(result.get("high"))
    if low is None or high is None:
        return ""
    ends = [written(metric, low), written(metric, high)]
    return f"{ends[0].removesuffix(' %')} to {ends[1]}"


def models(evaluation: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The compared models as (key, name), the network first; only those with a result."""
    names = {
        "network": "network",
        "linear": str(evaluation.get("linear_name") or "linear model"),
        "baseline": str(evaluation.get("baseline_name") or "baseline"),
    }
    metrics = mappings(evaluation.get("metrics"))
    return [(key, name) for key, name in names.items() if any(part(metric, key) for metric in metrics)]


def answer(run: Mapping[str, Any]) -> tuple[str, str]:
    """The one-line answer and the comparison after it; two empty texts without an evaluation."""
    evaluation = part(run, "evaluation")
    metrics = mappings(evaluation.get("metrics"))
    if not metrics or not part(metrics[0], "network"):
        return "", ""
    first = metrics[0]
    rows = number(evaluation.get("rows"))
    where = f"On {rows:,.0f} test rows it had never seen" if rows else "On test rows it had never seen"
    value = written(first, part(first, "network").get("value"))
    between = interval(first, "network")
    aside = f" ({between})" if between else ""
    if str(first.get("name", "")).lower() == "accuracy":
        return f"{where}, the network was right {value} of the time{aside}.", comparison(evaluation)
    way = "lower" if first.get("better") == "lower" else "higher"
    return f"{where}, the network’s {first.get('name')} was {value}{aside}; {way} is better.", comparison(evaluation)


def comparison(evaluation: Mapping[str, Any]) -> str:
    """Where the network stands beside the others by its first metric, with the intervals in mind."""
    metrics = mappings(evaluation.get("metrics"))
    said = []
    for key, name in models(evaluation):
        standing = _standing(metrics[0], key) if key != "network" else ""
        if standing:
            value = written(metrics[0], part(metrics[0], key).get("value"))
            whom = f"the baseline ({name}, {value})" if key == "baseline" else f"{name} ({value})"
            said.append(standing.replace("{}", whom))
    sentence = "; ".join(reversed(said))
    return f"{sentence[:1].upper()}{sentence[1:]}." if said else ""


def _standing(metric: Mapping[str, Any], other: str) -> str:
    """A clause on the network against another model, with ``{}`` where that one's name belongs."""
    ends = [number(part(metric, key).get(end)) for key in ("network", other) for end in ("value", "low", "high")]
    value, low, high, rival, rival_low, rival_high = ends
    if value is None or rival is None:
        return ""
    ahead = value < rival if metric.get("better") == "lower" else value > rival
    paired = [number(part(metric, other).get(f"difference_{end}")) for end in ("low", "high")]
    if paired[0] is not None and paired[1] is not None:  # the same resamples for both: sharper than two intervals
        within = paired[0] <= 0 <= paired[1]
    elif low is None or high is None or rival_low is None or rival_high is None:
        return "it is better than {}" if ahead else "it is no better than {}"
    else:
        within = low <= rival_high and rival_low <= high
    if within:
        return "the difference to {} is within chance"
    return "it is clearly better than {}" if ahead else "it is clearly worse than {}"


def certainty(confidence: Any) -> str:
    """A confidence between 0 and 1 in words; empty where there is none.

    Example:
        >>> certainty(0.7)
        'likely'
    """
    value = number(confidence)
    if value is None:
        return ""
    return next((words for least, words in _CERTAINTY if value >= least), _CERTAINTY[-1][1])


def verdict_title(verdict: Mapping[str, Any]) -> str:
    """The verdict's title, or its kind in words where a file has no title."""
    kind = str(verdict.get("kind") or "")
    return str(verdict.get("title") or kind.replace("_", " ").capitalize())


def limits(run: Mapping[str, Any]) -> list[str]:
    """What the numbers cannot tell, in plain words."""
    evaluation, training = part(run, "evaluation"), part(run, "training")
    rows = number(evaluation.get("rows"))
    if not mappings(evaluation.get("metrics")):
        return [
            "No test rows were judged, so nothing here says how the network does on rows it has never seen.",
            *_validation_limits(run, training),
        ]
    said = [
        f"The {f'{rows:,.0f} ' if rows else ''}test rows were used once, after training, for the results above. They "
        "chose nothing: not the preparation, not the weights, not when to stop.",
        *_validation_limits(run, training),
        "The intervals say how far other test rows from the same source might have moved the results. They do not "
        "cover another seed, another split, or rows gathered elsewhere or later.",
    ]
    if rows and rows < _FEW_ROWS:
        said.append(f"{rows:,.0f} test rows are few: differences smaller than the intervals mean nothing here.")
    return [*said, *_class_limits(run)]


def _validation_limits(run: Mapping[str, Any], training: Mapping[str, Any]) -> list[str]:
    count = number(part(run, "split").get("validation"))
    if not count:
        return []
    kept = kept_epoch(training)
    if kept:
        return [
            f"The {count:,.0f} validation rows chose the epoch whose weights were kept ({kept}), so the validation "
            "loss there is a little flattering. That is why the test rows are counted apart."
        ]
    return [f"The {count:,.0f} validation rows were watched during training; the verdict on the curves rests on them."]


def _class_limits(run: Mapping[str, Any]) -> list[str]:
    data, evaluation = part(run, "data"), part(run, "evaluation")
    if evaluation.get("task") != "classification":
        return []
    counts = listed(part(data, "counts").get("test"))
    rare = [
        str(name)
        for name, count in zip(listed(data.get("classes")), counts, strict=False)
        if (number(count) or 0) < _FEW_OF_A_CLASS
    ]
    said = ["The probabilities were not calibrated: 0.9 need not mean right in nine of ten such cases."]
    if rare:
        names = ", ".join(rare[:5]) + (f" and {len(rare) - 5} more" if len(rare) > 5 else "")
        said.append(f"Fewer than {_FEW_OF_A_CLASS} test rows are of class {names}: results for it are anecdotes.")
    return said
