"""How often the verdict names the cause: trainings of known cause, judged.

    python benchmarks/verdicts.py                                all suites, with tables in benchmarks/results
    python benchmarks/verdicts.py --suites others --numbers 2    a quick look at one suite
    python benchmarks/verdicts.py --store                        writes the cases that the tests judge again

Every training follows from its suite, cause and number, so the same cases come out on the same machine. With `--cases FOLDER`
they are kept there and not made again.
"""

import argparse
import gzip
import importlib
import json
import sys
from collections import Counter
from pathlib import Path

from verdict_runs import CAUSES

SUITES = {"runs": "tuned on", "plain": "tuned on", "others": "fresh from number 100 on"}
STORED = Path(__file__).parents[1] / "tests" / "diagnosis" / "verdict_cases.json.gz"
RESULTS = Path(__file__).parent / "results"
HARMED = ("overfitting", "suspiciously_good", "diverged")


def looked_at(suite, cause, number):
    """One training as plain data, with what a judge asks for."""
    from glassnet.diagnosis.case import case_of
    from glassnet.diagnosis.judge import judge

    case = case_of(suite.trained(suite.made(cause, number)))
    judge(case)
    return {"cause": cause, "number": number, **case.to_dict()}


def gathered(name, numbers, healthy, folder):
    """The cases of one suite; healthy trainings more often than others, for the false alarms."""
    suite = importlib.import_module(f"verdict_{name}")
    file = folder / f"{name}.jsonl" if folder else None
    known = [json.loads(line) for line in file.read_text().splitlines()] if file and file.exists() else []
    found = {(case["cause"], case["number"]): case for case in known}
    wanted = [(cause, n) for n in numbers for cause in CAUSES]
    wanted += [("good_fit", n) for n in range(numbers.stop, numbers.start + healthy)]
    for cause, number in wanted:
        if (cause, number) not in found:
            case = found[cause, number] = looked_at(suite, cause, number)
            print(f"{name} {cause} {number}", file=sys.stderr, flush=True)
            if file:
                with file.open("a") as stream:
                    stream.write(json.dumps(case) + "\n")
    return [found[key] for key in wanted]


def judged(case, curves_alone=False):
    """The verdict of a case; with `curves_alone`, of its numbers epoch by epoch and nothing else."""
    from glassnet.diagnosis.case import Case, Told, accuracy_in
    from glassnet.diagnosis.judge import judge

    whole = Case.from_dict(case)
    if not curves_alone:
        return judge(whole)
    told = whole.told
    kept = Told(
        metric=accuracy_in(whole.history), restored_epoch=told.restored_epoch, diverged_epoch=told.diverged_epoch
    )
    return judge(Case(whole.history, kept, tries=False))


def matrix(pairs):
    """The confusion matrix as Markdown: a row a cause, a column a kind."""
    counts = Counter(pairs)
    lines = ["| cause | " + " | ".join(str(n + 1) for n in range(len(CAUSES))) + " | right |"]
    lines.append("|---|" + "--:|" * (len(CAUSES) + 1))
    for number, cause in enumerate(CAUSES):
        row = [counts[cause, kind] for kind in CAUSES]
        cells = " | ".join(f"**{n}**" if place == number and n else str(n or "") for place, n in enumerate(row))
        lines.append(f"| {number + 1} {cause} | {cells} | {row[number]} of {sum(row)} |")
    return lines


def summary(pairs):
    """What follows from the matrix."""
    healthy = [kind for cause, kind in pairs if cause == "good_fit"]
    ill = [cause == kind for cause, kind in pairs if cause != "good_fit"]
    praised = [cause for cause, kind in pairs if cause in HARMED and kind == "good_fit"]
    return [
        f"- right kind: {sum(a == b for a, b in pairs)} of {len(pairs)} runs "
        f"({sum(a == b for a, b in pairs) / len(pairs):.1%}); of those with something wrong {sum(ill)} of {len(ill)} "
        f"({sum(ill) / max(len(ill), 1):.1%})",
        f"- false alarms on {len(healthy)} healthy runs: {sum(kind != 'good_fit' for kind in healthy)}",
        f"- called a good fit though overfitting, leaking or diverged: {len(praised)}",
    ]


def calibration(cases, verdicts):
    """How often verdicts of each confidence were right."""
    lines = ["| confidence | verdicts | right |", "|---|--:|--:|"]
    for low, high in ((0.0, 0.6), (0.6, 0.75), (0.75, 0.9), (0.9, 1.01)):
        inside = [c["cause"] == v.kind for c, v in zip(cases, verdicts, strict=True) if low <= v.confidence < high]
        if inside:
            lines.append(f"| {low:g} to {min(high, 1):g} | {len(inside)} | {sum(inside) / len(inside):.0%} |")
    return lines


def report(cases):
    """The page of one suite."""
    verdicts = [judged(case) for case in cases]
    pairs = [(case["cause"], verdict.kind) for case, verdict in zip(cases, verdicts, strict=True)]
    bare = [(case["cause"], judged(case, curves_alone=True).kind) for case in cases]
    wrong = [
        f"- {case['cause']} {case['number']}: {verdict.kind} ({verdict.confidence:.0%})"
        for case, verdict in zip(cases, verdicts, strict=True)
        if case["cause"] != verdict.kind
    ]
    parts = [matrix(pairs), summary(pairs), calibration(cases, verdicts), ["From the curves alone:"], summary(bare)]
    return "\n\n".join("\n".join(part) for part in [*parts, ["Wrong:", *(wrong or ["- none"])]])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--suites", nargs="*", choices=[*SUITES], default=[*SUITES])
    options.add_argument("--numbers", type=int, default=8, help="runs of each cause")
    options.add_argument("--first", type=int, default=0, help="the first number: other numbers are other runs")
    options.add_argument("--healthy", type=int, default=50, help="healthy runs of each suite")
    options.add_argument("--cases", type=Path, help="a folder to keep cases in")
    options.add_argument("--store", action="store_true", help="write the cases that the tests judge")
    given = options.parse_args()
    if given.cases:
        given.cases.mkdir(parents=True, exist_ok=True)
    numbers = range(given.first, given.first + given.numbers)
    found = {name: gathered(name, numbers, given.healthy, given.cases) for name in given.suites}
    RESULTS.mkdir(exist_ok=True)
    for name, cases in found.items():
        page = report(cases)
        (RESULTS / f"verdicts_{name}.md").write_text(page + "\n")
        print(f"\n{name} ({SUITES[name]})\n\n{page}")
    if given.store:
        every = [case for cases in found.values() for case in cases]
        STORED.write_bytes(gzip.compress(json.dumps(every, separators=(",", ":")).encode(), mtime=0))


if __name__ == "__main__":
    main()
