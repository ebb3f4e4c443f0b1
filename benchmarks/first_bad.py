"""How often the first bad number is found: planted faults, each with the place and the cause that are known by construction.

    python benchmarks/first_bad.py            # all of them
    python benchmarks/first_bad.py --only nan where

prints a line a fault that was missed and the score of each group, and writes benchmarks/results/first_bad.json; exit code 1
where a place is wrong, or fewer than 92 % of the causes are right.
"""

import argparse
import json
import sys
import warnings
from pathlib import Path

import first_bad_faults
import first_bad_second  # noqa: F401 (its faults are added when it is read)
import jax

RESULTS = Path(__file__).parent / "results"


def judged(fault):
    """Whether place and cause are right, and what was found."""
    finding = fault.plant()
    if fault.layers == ("oracle",):
        finding, expected = finding
        if finding is None or expected is None:
            return False, False, f"nothing found; expected {expected}"
        epoch, step, direction, layers = expected
        place = (finding.epoch, finding.step, finding.direction) == (epoch, step, direction)
        place = place and (layers is None or finding.layer in layers)
        return place, finding.cause in fault.causes, f"{told(finding)}\n    expected {expected}"
    if finding is None:
        return False, False, "nothing found"
    place = bool(finding.layer) and all(
        not allowed or value in allowed
        for value, allowed in (
            (finding.layer, fault.layers),
            (finding.direction, fault.direction),
            (finding.operation, fault.operations),
        )
    )
    place = place and fault.rows in (None, finding.rows) and fault.step in (None, finding.step)
    place = place and fault.epoch in (None, finding.epoch)
    return place, finding.cause in fault.causes, told(finding)


def told(finding):
    return "\n    ".join([f"cause {finding.cause}", *finding.lines])


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", nargs="*")
    options.add_argument("--group", help="first or second")
    options.add_argument("--all", action="store_true", help="say what was found for right ones too")
    given = options.parse_args()
    warnings.simplefilter("ignore")
    scores = {}
    for fault in first_bad_faults.FAULTS:
        if given.group not in (None, fault.group):
            continue
        if given.only and not any(word in fault.name for word in given.only):
            continue
        try:
            place, cause, said = judged(fault)
        except Exception as error:
            place, cause, said = False, False, f"{type(error).__name__}: {error}"
        scores.setdefault(fault.group, []).append({"name": fault.name, "place": place, "cause": cause})
        if given.all or not (place and cause):
            print(
                f"{fault.name}: place {'right' if place else 'WRONG'}, cause {'right' if cause else 'WRONG'}\n    {said}",
                flush=True,
            )
        jax.clear_caches()
    for group, rows in scores.items():
        places, causes = sum(row["place"] for row in rows), sum(row["cause"] for row in rows)
        print(f"{group}: {len(rows)} faults, place right in {places}, cause right in {causes}")
    if not given.only and not given.group:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "first_bad.json").write_text(json.dumps(scores, indent=1) + "\n")
    rows = [row for group in scores.values() for row in group]
    return int(any(not r["place"] for r in rows) or sum(r["cause"] for r in rows) < 0.92 * len(rows))


if __name__ == "__main__":
    sys.exit(main())
