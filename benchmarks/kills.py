"""Kill a training at random moments, resume it, and compare it with one that was never killed.

Each trial starts `glassnet train`, ends it with SIGKILL at a random moment, and lets `glassnet resume` finish it; every third
is killed a second time while it resumes. Every other kill waits for the middle of writing: it comes as soon as a temporary
file is seen in the run folder. At the end the weights, the metrics of all epochs and the results on the test rows must be
those of the run that was never killed.

    python benchmarks/kills.py --kills 30

prints a line a trial and writes benchmarks/results/kills.json; exit code 1 where any trial differs.
"""

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
GLASSNET = [sys.executable, "-m", "glassnet"]
TRAINING = ["breast-cancer", "--epochs", "12000", "--learning-rate", "0.00003", "--json"]


def finished(words):
    done = subprocess.run([*GLASSNET, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"glassnet {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def outcome(run):
    """What must be the same: weights, metrics of all epochs, results; and which files there are."""
    folder = Path(run["folder"])
    return {
        "weights": run["network"]["weights_sha256"],
        "metrics": (folder / "metrics.jsonl").read_text(),
        "evaluation": run["evaluation"],
        "verdict": run["verdict"],
        "history": run["history"],
        "files": sorted(file.name for file in [*folder.iterdir(), *folder.glob("checkpoints/.*")]),
    }


def run_folder(out):
    return next((path for path in out.glob("*") if (path / "run.json").exists()), None) if out.exists() else None


def writing(folder):
    """Whether a temporary file is being written."""
    for place in (folder, folder / "checkpoints"):
        try:
            with os.scandir(place) as entries:
                if any(entry.name.endswith(".tmp") for entry in entries):
                    return True
        except FileNotFoundError:
            continue
    return False


def killed(words, out, seconds, in_writing):
    """Start a command and kill it so many seconds after its run folder is there; returns what it was doing, or None."""
    process = subprocess.Popen([*GLASSNET, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while run_folder(out) is None:
            if process.poll() is not None:
                raise SystemExit("glassnet ended before its run folder was there")
            time.sleep(0.001)
        end = time.monotonic() + seconds
        while time.monotonic() < end and process.poll() is None:
            time.sleep(0.001)
        while in_writing and process.poll() is None and not writing(run_folder(out)):
            pass
        process.kill()
        return process.wait() != 0
    finally:
        process.kill()
        process.wait()


def trial(number, chance, whole, span):
    with tempfile.TemporaryDirectory() as place:
        out = Path(place, "runs")
        in_writing = number % 2 == 1
        kills = [killed(["train", *TRAINING, "--out", str(out)], out, chance.uniform(0, span), in_writing)]
        folder = run_folder(out)
        half = bool(list((folder / "checkpoints").glob(".*.tmp")) or list(folder.glob(".*.tmp")))
        if number % 3 == 2:
            kills.append(killed(["resume", str(folder)], out, chance.uniform(1, 1 + span), not in_writing))
        ended = outcome(finished(["resume", str(folder), "--json"]))
        metrics = [json.loads(line)["epoch"] for line in ended["metrics"].splitlines()]
        return {
            "kills": sum(kills),
            "half a file left": half,
            "differs": [name for name in whole if ended[name] != whole[name]],
            "epochs once each": metrics == list(range(1, len(metrics) + 1)),
        }


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=30)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as place:
        finished(["train", *TRAINING, "--out", str(Path(place, "first"))])  # fills the compilation cache
        run = finished(["train", *TRAINING, "--out", place])
        whole, span = outcome(run), run["training"]["seconds"]
    trials, done = [], 0
    while done < given.kills:
        found = trial(len(trials), chance, whole, span)
        trials.append(found)
        done += found["kills"]
        same = "differs in " + ", ".join(found["differs"]) if found["differs"] else "the same"
        print(f"{done:3} kills  {same}{'  (half a file was left)' if found['half a file left'] else ''}", flush=True)
    wrong = sum(bool(found["differs"]) or not found["epochs once each"] for found in trials)
    said = {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "training": f"glassnet train {' '.join(TRAINING[:-1])}: {span:.1f} s",
        "kills": done,
        "in the middle of writing": sum(found["half a file left"] for found in trials),
        "resumed runs": len(trials),
        "runs that differ": wrong,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "kills.json").write_text(json.dumps(said, indent=1) + "\n")
    print(json.dumps(said, indent=1))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
