"""Where the boxes of a directed graph go: in layers from top to bottom, with few crossings, edges around boxes.

Sugiyama's three steps: a level for each node (longest path), an order within each level (means of neighbours), and places.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

_SWEEPS = 8


@dataclass(frozen=True)
class Layout:
    """Places of nodes and edges.

    Args:
        levels: each node's level, 0 at the top.
        centres: each node's horizontal centre.
        routes: for each edge, the horizontal centres it passes on the levels between its ends.
        width: how wide it all is.

    Example:
        >>> place([10.0, 10.0], [(0, 1)], gap=4.0).levels
        [0, 1]
    """

    levels: list[int]
    centres: list[float]
    routes: list[list[float]]
    width: float


def place(widths: Sequence[float], edges: Sequence[tuple[int, int]], *, gap: float) -> Layout:
    """Lay out nodes of these widths; each edge goes from an earlier node to a later one.

    Args:
        widths: how wide each node is.
        edges: (from, to) pairs of node numbers, from < to.
        gap: the least space between neighbours.

    Returns:
        A `Layout`.

    Example:
        >>> place([10.0, 10.0, 10.0], [(0, 1), (0, 2)], gap=4.0).levels
        [0, 1, 1]

    Reference:
        Sugiyama, Tagawa & Toda (1981), Methods for visual understanding of hierarchical system structures.
    """
    levels = _levels(len(widths), edges)
    sizes, steps, chains = list(widths), list(levels), []
    links: list[tuple[int, int]] = []
    for start, stop in edges:  # an edge over several levels holds a narrow place free on each between
        chain = [start]
        for level in range(levels[start] + 1, levels[stop]):
            sizes.append(gap)
            steps.append(level)
            chain.append(len(sizes) - 1)
        chain.append(stop)
        links += itertools.pairwise(chain)
        chains.append(chain[1:-1])
    rows = [[node for node, level in enumerate(steps) if level == row] for row in range(max(steps, default=-1) + 1)]
    above: list[list[int]] = [[a for a, b in links if b == node] for node in range(len(sizes))]
    below: list[list[int]] = [[b for a, b in links if a == node] for node in range(len(sizes))]
    centres = _spread(rows, sizes, gap, [0.0] * len(sizes))
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            near = above if sweep % 2 == 0 else below
            wanted = {n: _mean([centres[m] for m in near[n]], centres[n]) for n in row}
            row.sort(key=lambda n, wanted=wanted: wanted[n])
            _settle(row, sizes, gap, centres, wanted)
    left = min((centres[n] - sizes[n] / 2 for n in range(len(sizes))), default=0.0)
    right = max((centres[n] + sizes[n] / 2 for n in range(len(sizes))), default=0.0)
    moved = [centre - left for centre in centres]
    return Layout(levels, moved[: len(widths)], [[moved[n] for n in chain] for chain in chains], right - left)


def _levels(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    levels = [0] * count
    for start, stop in sorted(edges, key=lambda edge: edge[1]):
        levels[stop] = max(levels[stop], levels[start] + 1)
    for start in range(count - 1, -1, -1):  # an input stands right above its first reader
        readers = [levels[b] for a, b in edges if a == start]
        if readers and not any(b == start for _, b in edges):
            levels[start] = min(readers) - 1
    return levels


def _spread(rows: list[list[int]], sizes: list[float], gap: float, centres: list[float]) -> list[float]:
    for row in rows:
        at = -(sum(sizes[n] for n in row) + gap * (len(row) - 1)) / 2
        for node in row:
            centres[node] = at + sizes[node] / 2
            at += sizes[node] + gap
    return centres


def _settle(row: list[int], sizes: list[float], gap: float, centres: list[float], wanted: dict[int, float]) -> None:
    """Put a row's nodes where they are wanted, in order and without overlaps; clusters move to their mean."""
    clusters: list[tuple[list[int], float]] = []  # nodes that touch, and the centre their first one wants
    for node in row:
        group, start = [node], wanted[node]
        while clusters:
            before, at = clusters[-1]
            if start - _offset(before, group[0], sizes, gap) >= at - 1e-9:
                break
            group = before + group
            start = _mean([wanted[n] - _offset(group, n, sizes, gap, within=True) for n in group], start)
            clusters.pop()
        clusters.append((group, start))
    for group, start in clusters:
        for node in group:
            centres[node] = start + _offset(group, node, sizes, gap, within=True)


def _offset(group: list[int], node: int, sizes: list[float], gap: float, *, within: bool = False) -> float:
    """How far `node`'s centre lies from that of the group's first, inside the group or right behind it."""
    members = group[: group.index(node) + 1] if within else [*group, node]
    return sum(sizes[a] / 2 + gap + sizes[b] / 2 for a, b in itertools.pairwise(members))


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default
