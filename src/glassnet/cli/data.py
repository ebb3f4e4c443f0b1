"""``glassnet data``."""

from typing import Any

from glassnet import data as tables
from glassnet.cli.answer import DONE, print_json
from glassnet.cli.terminal import Out, fold, streams, table

_INDENT = 2


def run(arguments: Any) -> int:
    """List the built-in tables."""
    data, messages = streams(arguments.quiet or arguments.json)
    samples = {name: tables.load_sample(name) for name in tables.sample_names()}
    if arguments.json:
        listed = [
            {
                "name": name,
                "rows": s.rows,
                "columns": len(s.names) - 1,
                "target": s.target,
                "description": s.description,
                "licence": s.licence,
                "source": s.source,
            }
            for name, s in samples.items()
        ]
        print_json({"tables": listed})
        return DONE
    _list(data, samples)
    messages.line()
    messages.line("train one with: glassnet train breast-cancer")
    return DONE


def _list(out: Out, samples: dict[str, Any]) -> None:
    """Each table on a line; on a terminal that is too narrow for it, what it is stands below."""
    rows = [["name", "rows", "columns", "target", "what it is"]]
    rows += [[name, f"{s.rows:,}", str(len(s.names) - 1), s.target, s.description] for name, s in samples.items()]
    if out.needed(rows) <= out.columns or not out.stream.isatty():
        out.raw(table(rows, right=[1, 2]) + "\n")
        return
    head, *lines = table([row[:-1] for row in rows], right=[1, 2]).splitlines()
    out.line(head, "dim")
    for line, row in zip(lines, rows[1:], strict=True):
        out.line(line, "bold")
        for said in fold(row[-1], out.columns - _INDENT):
            out.line(" " * _INDENT + said)
