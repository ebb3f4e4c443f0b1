"""The harness: every contender runs in a process of its own, all take turns, medians and ratios are reported.

A case is a Python file with a dict CONTENDERS: name -> function that returns the measured seconds by label.
`python benchmarks/harness.py classifier` measures, prints a table and writes benchmarks/results/classifier.json.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def load(case):
    spec = importlib.util.spec_from_file_location(case, HERE / f"{case}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure_one(case, contender):
    """Run one contender in this process and print its seconds."""
    print(json.dumps(load(case).CONTENDERS[contender]()))


def in_own_process(case, contender):
    environment = {**os.environ, **getattr(load(case), "ENVIRONMENT", {}).get(contender, {})}
    command = [sys.executable, __file__, case, "--one", contender]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        return {
            "error": done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else f"exit {done.returncode}"
        }
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(case, rounds, only):
    names = [name for name in load(case).CONTENDERS if not only or name in only]
    taken = {name: {} for name in names}
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):  # turn about: drift of the machine hits all alike
            for label, seconds in in_own_process(case, name).items():
                taken[name].setdefault(label, []).append(seconds)
            print(f"round {number + 1}/{rounds}  {name}: {taken[name]}", file=sys.stderr)
    return taken


def environment():
    versions = {}
    for name in ("jax", "numpy", "scikit-learn", "torch", "keras", "tensorflow-cpu", "glassnet"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "versions": versions,
    }


def table(taken):
    """Medians in milliseconds, and how many times longer than Glassnet's."""
    labels = [label for label in next(iter(taken.values())) if label != "error"]
    lines = ["| | " + " | ".join(labels) + " |", "|---" * (len(labels) + 1) + "|"]
    ours = next(name for name in taken if name.startswith("glassnet"))
    for name, seconds in taken.items():
        if "error" in seconds:
            lines.append(f"| {name} | {seconds['error'][0]} |")
            continue
        cells = []
        for label in labels:
            if label not in seconds:
                cells.append("")
                continue
            median = statistics.median(seconds[label])
            ratio = median / statistics.median(taken[ours][label])
            cells.append(f"{median * 1e3:,.4g} ms" + ("" if name == ours else f" ({ratio:,.3g}×)"))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("case")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--one")
    options.add_argument("--only", nargs="*")
    given = options.parse_args()
    if given.one:
        return measure_one(given.case, given.one)
    taken = measure(given.case, given.rounds, given.only)
    RESULTS.mkdir(exist_ok=True)
    said = {"case": given.case, "rounds": given.rounds, "environment": environment(), "seconds": taken}
    (RESULTS / f"{given.case}.json").write_text(json.dumps(said, indent=1) + "\n")
    print(table(taken))
    return None


if __name__ == "__main__":
    import importlib.metadata

    main()
