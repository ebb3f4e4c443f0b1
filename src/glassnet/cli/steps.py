"""What `glassnet train` says while it happens: the first five of seven steps, each in a line or two."""

from collections import Counter
from typing import Any

from glassnet.cli.terminal import Out, is_utf8
from glassnet.workbench import Predictor
from glassnet.workbench.experiment import Loaded, Parts

_MOST_CLASSES = 8
_MOST_LEFT_OUT = 8
_MOST_NAMES = 4
_DRAWN = 12
_WIDE = 90  # columns that hold training and validation side by side
_DOES = {"number": "standardized", "boolean": "as 0 and 1", "category": "one-hot", "text": "one-hot"}


class Watcher:
    """Writes each step as soon as its result is there.

    Args:
        messages: where what happens is written.
        names_optimizer: whether the network's own optimizer matters.
    """

    def __init__(self, messages: Out, *, names_optimizer: bool = True) -> None:
        self._out = messages
        self._names_optimizer = names_optimizer
        self._seen: dict[str, Any] = {}

    def predictor(self) -> Predictor | None:
        """The network as it is now with its preparation, once both are there."""
        if "network" not in self._seen:
            return None
        return Predictor(self._seen["prepare"].preparation, self._seen["network"])

    def rows(self, part: str) -> Any:
        """The rows of a part, ``"train"``, ``"validation"`` or ``"test"``; None before the split."""
        return self._seen["split"].tables[part] if "split" in self._seen else None

    def __call__(self, step: str, result: Any) -> None:
        """Write one step."""
        self._seen[step] = result
        show = getattr(self, f"_{step}", None)
        if show is not None and not self._out.quiet:
            show(result)

    def _load(self, loaded: Loaded) -> None:
        shown, plan = loaded.table, loaded.plan
        kinds = Counter(column.kind for name, column in shown.columns.items() if name != plan.name)
        missing = sum(int(column.missing.sum()) for column in shown.columns.values())
        inputs = ", ".join(counted(count, kind) for kind, count in kinds.most_common())
        gaps = counted(missing, "missing cell") if missing else "no missing cell"
        size = f"{counted(shown.rows, 'row')}, {counted(len(shown.names) - 1, 'column')}"
        self._out.step("1 Load", f"{loaded.name}: {size} ({inputs}), {gaps}")
        self._out.step("", f"target {plan.name}{_classes(plan)}")
        self._out.step("", plan.reason)
        if plan.dropped:
            self._out.step("", f"{counted(plan.dropped, 'row')} without {plan.name} left out")

    def _split(self, parts: Parts) -> None:
        self._out.step("2 Split", parts.split.sentence())

    def _prepare(self, parts: Parts) -> None:
        columns = parts.preparation.describe()
        used = [column for column in columns if column["role"] == "input"]
        only = [column for column in used if column["preparation"].startswith("only")]
        by_kind: dict[str, list[str]] = {}
        for column in used:
            if column not in only:
                by_kind.setdefault(column["kind"], []).append(column["name"])
        words = [_prepared(kind, names) for kind, names in by_kind.items()]
        filled = sum(1 for column in used if column["missing"])
        if filled:
            words.append(f"missing cells of {counted(filled, 'column')} filled and marked")
        inputs = counted(len(parts.preparation.feature_names), "input")
        self._out.step("3 Prepare", f"{'; '.join(words)}: {inputs}")
        self._out.step("", f"every number in this comes from the {len(parts.split.train):,} training rows alone")
        apart = [*only, *(column for column in columns if column["role"] == "left out")]
        for column in apart[:_MOST_LEFT_OUT]:
            self._out.step("", f"{column['name']} {column['preparation']}")
        if len(apart) > _MOST_LEFT_OUT:
            self._out.step("", f"and {len(apart) - _MOST_LEFT_OUT} more columns left out, named in the report")

    def _network(self, model: Any) -> None:
        from glassnet.models.summaries import layer_rows

        loss = str(model._compiled.loss).replace("_", " ")
        self._out.step(
            "4 Network", f"{counted(model.count_params(), 'parameter')}, {self._optimizer(model)}loss {loss}"
        )
        body = [[name, kind, shape, f"{count:,}"] for name, kind, shape, count in layer_rows(model)]
        self._out.table([["layer", "type", "output shape", "parameters"], *body], right=[3])

    def _optimizer(self, model: Any) -> str:
        if not self._names_optimizer:
            return ""
        rate, kind = model.optimizer.learning_rate, type(model.optimizer).__name__
        return f"optimizer {kind}, " if isinstance(rate, str) else f"optimizer {kind} at {float(rate):g}, "

    def _rate(self, rate: Any) -> None:
        self._out.step("Rate", rate.sentence)
        self._out.step("", rate.reason)

    def _train(self, trained: tuple[Any, Any, int]) -> None:
        _, history, best = trained
        epochs = len(history.epoch)
        speed = f" ({history.rows_per_second:,.0f} rows a second)" if history.seconds else ""
        compiling = f", compiled in {history.compile_seconds:.2f} s" if history.compile_seconds else ""
        here = f"{epochs - history.resumed_from:,} of " if history.resumed_from else ""
        self._out.step("", f"{here}{counted(epochs, 'epoch')} in {history.seconds:.2f} s{speed}{compiling}")
        self._courses(history.history)
        chosen = f"the last epoch, {best}" if best == epochs else f"epoch {best}"
        lowest = f"{history.history['val_loss'][best - 1]:.4g}"
        self._out.step("", f"kept the weights of {chosen}, where validation loss was lowest: {lowest}")

    def _courses(self, history: dict[str, list[float]]) -> None:
        """Each quantity's course as a small drawing, with the value it ended at."""
        from glassnet.plots import sparkline

        plain, wide = not is_utf8(self._out.stream), self._out.columns >= _WIDE
        rows: list[list[str]] = []
        for name in history:
            if f"val_{name}" not in history:
                continue
            train, held_out = (
                [words, sparkline(history[key], width=_DRAWN, ascii_only=plain), f"{history[key][-1]:.4g}"]
                for words, key in (("training", name), ("validation", f"val_{name}"))
            )
            rows += [[name, *train, *held_out]] if wide else [[name, *train], ["", *held_out]]
        if rows:
            self._out.table(rows, right=[3, 6])


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    Example:
        >>> counted(1, "row"), counted(2400, "category")
        ('1 row', '2,400 categories')
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def _classes(plan: Any) -> str:
    if plan.codes is None:
        return ""
    counts = Counter(plan.codes.tolist())
    shown = [f"{name} {counts[i]:,}" for i, name in enumerate(plan.classes)][:_MOST_CLASSES]
    more = f" and {len(plan.classes) - _MOST_CLASSES} more classes" if len(plan.classes) > _MOST_CLASSES else ""
    return f": {', '.join(shown)}{more}"


def _prepared(kind: str, names: list[str]) -> str:
    named = f" ({', '.join(names)})" if len(names) <= _MOST_NAMES else ""
    return f"{counted(len(names), kind)} {_DOES.get(kind, 'encoded')}{named}"
