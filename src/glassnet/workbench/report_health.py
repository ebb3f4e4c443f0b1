"""The part of the report on the network's health while it trained: flags, and the layers at the last look."""

from collections.abc import Mapping
from typing import Any

from glassnet.diagnosis.health.showing import COLUMN_NAMES, cells
from glassnet.workbench.report_html import Safe, bullets, folded, html, joined, mappings, part, section, table


def health(run: Mapping[str, Any]) -> Safe:
    """What was raised, with what to do, and the numbers of each layer; nothing where nobody looked on."""
    said = part(run, "health")
    looks = mappings(said.get("looks"))
    if not looks:
        return Safe("")
    flags = [
        f"{flag.get('title')}: {flag.get('layer')}. {flag.get('sentence')} {flag.get('remedy')}"
        for flag in mappings(said.get("flags"))
    ]
    rows = [cells(layer) for layer in mappings(looks[-1].get("layers"))]
    numbers = table("The layers at the last look", COLUMN_NAMES, rows, numeric=range(1, len(COLUMN_NAMES)))
    raised = bullets(flags) if flags else html("p", "No flags: gradients, steps and units look well in every layer.")
    return section("Health while training", joined([raised, folded("The numbers, layer by layer", numbers)]))
