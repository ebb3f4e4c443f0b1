"""How often the verdict names the cause: trainings of known cause, judged; and the cases stored for the tests.

    python benchmarks/verdicts.py cases  [--numbers 16]   trains and looks at all, writes tests/diagnosis/verdict_cases.json.gz
    python benchmarks/verdicts.py score                   judges the stored cases, prints the confusion matrix
    python benchmarks/verdicts.py others [--numbers 10]   trains, looks at and judges the second suite, `verdict_others`

Every training follows from its cause and its number, so the same cases come out on the same machine.
"""

import argparse
import gzip
import importlib
import json
import sys
from collections import Counter
from pathlib import Path

from verdict_runs import CAUSES

CASES = Path(__file__).parents[1] / "tests" / "diagnosis" / "verdict_cases.json.gz"
HEALTHY = 50
RESULTS = Path(__file__).parent / "results"


def looked_at(suite, cause, number):
    """The case of one training, as plain data, with what a judge asks for."""
    from glassnet.diagnosis.case import case_of
    from glassnet.diagnosis.judge import judge

    case = case_of(suite.trained(suite.made(cause, number)))
    judge(case)
    return {"cause": cause, "number": number, **case.to_dict()}


def wanted(numbers):
    """All causes and numbers; healthy ones more often, for the false alarms."""
    return [
        (cause, number)
        for cause in CAUSES
        for number in range(max(HEALTHY, numbers) if cause == "good_fit" else numbers)
    ]


def gathered(name, numbers):
    suite = importlib.import_module(name)
    cases = []
    for cause, number in wanted(numbers):
        cases.append(looked_at(suite, cause, number))
        print(f"{cause} {number}", file=sys.stderr, flush=True)
    return cases


def judged(cases):
    """The verdict of each case."""
    from glassnet.diagnosis.case import Case
    from glassnet.diagnosis.judge import judge

    return [judge(Case.from_dict(case)) for case in cases]


def table(cases, verdicts):
    """The confusion matrix as Markdown, a row a cause, and what follows from it."""
    counts = {cause: Counter() for cause in CAUSES}
    for case, verdict in zip(cases, verdicts, strict=True):
        counts[case["cause"]][verdict.kind] += 1
    lines = ["| cause | runs | right | judged otherwise |", "|---|---|---|---|"]
    for cause, found in counts.items():
        others = ", ".join(f"{kind} {count}" for kind, count in found.most_common() if kind != cause)
        lines.append(f"| {cause} | {found.total()} | {found[cause]} | {others} |")
    ill = [name for name in CAUSES if name != "good_fit"]
    right = sum(counts[name][name] for name in ill)
    total = sum(counts[name].total() for name in ill)
    healthy = counts["good_fit"]
    harm = sum(counts[name]["good_fit"] for name in ("overfitting", "suspiciously_good", "diverged"))
    lines += [
        "",
        f"- right kind in {right} of {total} runs with something wrong: {right / max(total, 1):.1%}",
        f"- false alarms on {healthy.total()} healthy runs: {healthy.total() - healthy['good_fit']}",
        f"- called a good fit though overfitting, leaking or diverged: {harm}",
        "",
        *calibration(cases, verdicts),
    ]
    return "\n".join(lines)


def calibration(cases, verdicts):
    """How often verdicts of each confidence were right."""
    lines = ["| confidence | verdicts | right |", "|---|---|---|"]
    for low, high in ((0.0, 0.6), (0.6, 0.75), (0.75, 0.9), (0.9, 1.01)):
        inside = [c["cause"] == v.kind for c, v in zip(cases, verdicts, strict=True) if low <= v.confidence < high]
        if inside:
            lines.append(f"| {low:g} to {min(high, 1):g} | {len(inside)} | {sum(inside) / len(inside):.0%} |")
    return lines


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("what", choices=["cases", "score", "others"])
    options.add_argument("--numbers", type=int, default=None)
    given = options.parse_args()
    if given.what == "score":
        cases = json.loads(gzip.decompress(CASES.read_bytes()))
    elif given.what == "cases":
        cases = gathered("verdict_runs", given.numbers or 16)
        CASES.write_bytes(gzip.compress(json.dumps(cases, separators=(",", ":")).encode(), mtime=0))
    else:
        cases = gathered("verdict_others", given.numbers or 10)
    said = table(cases, judged(cases))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"verdicts_{'others' if given.what == 'others' else 'suite'}.md").write_text(said + "\n")
    print(said)


if __name__ == "__main__":
    main()
