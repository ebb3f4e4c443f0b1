"""What `glassnet train` shows while it happens: the guide's seven steps, each in a line or two."""

from collections import Counter
from typing import Any

from glassnet.cli.terminal import Out, table
from glassnet.workbench import Predictor
from glassnet.workbench.experiment import Loaded, Parts, Result


class Watcher:
    """Writes each step as soon as its result is there.

    Args:
        messages: where what happens is written.
    """

    def __init__(self, messages: Out) -> None:
        self._out = messages
        self._seen: dict[str, Any] = {}

    def predictor(self) -> Predictor | None:
        """The network as it is now with its preparation, once both are there."""
        if "network" not in self._seen:
            return None
        return Predictor(self._seen["prepare"].preparation, self._seen["network"])

    def __call__(self, step: str, result: Any) -> None:
        """Write one step."""
        self._seen[step] = result
        getattr(self, f"_{step}")(result)

    def _load(self, loaded: Loaded) -> None:
        shown = loaded.table
        kinds = Counter(column.kind for name, column in shown.columns.items() if name != loaded.plan.name)
        missing = sum(int(column.missing.sum()) for column in shown.columns.values())
        inputs = ", ".join(f"{count} {_plural(kind, count)}" for kind, count in kinds.most_common())
        cells = f"{missing:,} missing cells" if missing else "no missing cell"
        self._out.step(
            "1 Load", f"{loaded.name}: {shown.rows:,} rows, {len(shown.names) - 1} columns ({inputs}), {cells}"
        )
        self._out.step("", f"target {loaded.plan.name}{self._classes(loaded)}")
        self._out.step("", f"{loaded.plan.reason}")
        if loaded.plan.dropped:
            self._out.step("", f"{loaded.plan.dropped} rows without a target left out")

    def _classes(self, loaded: Loaded) -> str:
        plan = loaded.plan
        if plan.codes is None:
            return ""
        counts = Counter(plan.codes.tolist())
        shown = [f"{name} {counts[i]:,}" for i, name in enumerate(plan.classes)][:10]
        return ": " + ", ".join(shown) + (" ..." if len(plan.classes) > 10 else "")

    def _split(self, parts: Parts) -> None:
        self._out.step("2 Split", parts.split.sentence())

    def _prepare(self, parts: Parts) -> None:
        columns = parts.preparation.describe()
        used = [column for column in columns if column["role"] == "input"]
        kinds = Counter(column["kind"] for column in used)
        does = {"number": "standardized", "boolean": "as 0 and 1", "category": "one-hot", "text": "one-hot"}
        words = ", ".join(
            f"{count} {_plural(kind, count)} {does.get(kind, 'encoded')}" for kind, count in kinds.most_common()
        )
        filled = sum(1 for column in used if column["missing"])
        gaps = f", gaps in {filled} columns filled" if filled > 1 else ", gaps in 1 column filled" if filled else ""
        self._out.step(
            "3 Prepare",
            f"{words}{gaps}: {len(parts.preparation.feature_names)} inputs; statistics of the {len(parts.split.train)} "
            f"training rows only",
        )
        for column in columns:
            if column["role"] == "left out":
                self._out.step("", f"{column['name']} {column['preparation']}")

    def _network(self, model: Any) -> None:
        from glassnet.models.summaries import layer_rows

        rows = layer_rows(model)
        self._out.step(
            "4 Network",
            f"{model.count_params():,} parameters, optimizer {type(model.optimizer).__name__}, "
            f"loss {model._compiled.loss}",
        )
        body = [[name, kind, shape, f"{count:,}"] for name, kind, shape, count in rows]
        self._out.block(table([["layer", "type", "output", "parameters"], *body], right=[3]))

    def _train(self, trained: tuple[Any, Any, int]) -> None:
        _, history, best = trained
        epochs = len(history.epoch)
        speed = f"{history.rows_per_second:,.0f} rows a second" if history.seconds else ""
        kept = f"; kept the weights of epoch {best}, the best on validation"
        self._out.step(
            "5 Train",
            f"{epochs} epochs in {history.seconds:.2f} s ({speed}), compiled in {history.compile_seconds:.2f} s{kept}",
        )

    def _evaluate(self, result: Result) -> None:
        for note in result.notes:
            if "left out" not in note:
                self._out.step("note", note)


def scores(result: Any, names: dict[str, str]) -> str:
    """The table of scores: the network with its interval, beside a linear model and a guess."""
    models = ["network", *(name for name in ("linear", "baseline") if name in names)]
    head = ["", "network", "95 % interval", *(names[name] for name in models[1:])]
    rows = [head]
    for score, by_model in result.measured.items():
        measured = by_model["network"]
        others = [_number(by_model[name].value) for name in models[1:]]
        rows.append([score, _number(measured.value), f"{_number(measured.low)} to {_number(measured.high)}", *others])
    return table(rows, right=range(1, len(head)))


def confusion(labels: list[str], counts: list[list[int]]) -> str:
    """The confusion matrix as text; beyond 12 classes it is left to the report."""
    if len(labels) > 12:
        return f"{len(labels)} classes: the confusion matrix is in the report"
    head = ["truth \\ predicted", *labels]
    return table(
        [head, *([label, *map(str, row)] for label, row in zip(labels, counts, strict=True))], right=range(1, len(head))
    )


def answers(rows: list[dict[str, Any]]) -> str:
    """A few predictions beside the truth."""
    if "probability" in rows[0]:
        body = [
            [
                str(r["row"]),
                r["predicted"],
                f"{r['probability']:.1%}",
                r["truth"],
                "" if r["truth"] == r["predicted"] else "wrong",
            ]
            for r in rows
        ]
        return table([["row", "predicted", "sure", "truth", ""], *body], right=[0, 2])
    body = [
        [str(r["row"]), _number(r["predicted"]), _number(r["truth"]), _number(r["predicted"] - r["truth"])]
        for r in rows
    ]
    return table([["row", "predicted", "truth", "error"], *body], right=[0, 1, 2, 3])


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:,.4g}"


def _plural(word: str, count: int) -> str:
    plurals = {"number": "numbers", "boolean": "booleans", "category": "categories", "text": "texts"}
    return word if count == 1 else plurals.get(word, word)
