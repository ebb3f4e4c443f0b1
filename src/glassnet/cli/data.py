"""``glassnet data``."""

from typing import Any

from glassnet import data as tables
from glassnet.cli.answer import DONE, print_json
from glassnet.cli.terminal import streams


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
    rows = [["name", "rows", "columns", "target", "what it is"]]
    rows += [[name, f"{s.rows:,}", str(len(s.names) - 1), s.target, s.description] for name, s in samples.items()]
    data.table(rows, right=[1, 2], indent=0)
    messages.line()
    messages.line("train one with: glassnet train breast-cancer")
    return DONE
