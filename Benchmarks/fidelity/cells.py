"""What was run: commands of `rehearse`, and their results by scenario in one file."""

import hashlib
import json
import os
import subprocess

import facts
from metrics import PREFIXES

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
REHEARSE = os.environ.get("REHEARSE_BINARY", os.path.join(ROOT, ".build/release/rehearse"))
KEPT = ("value", "low", "high", "n", "predicted_low", "predicted_high")
# A comment with this beside a variant: flags of `live` that hold servers to what the scenario says.
LIVE = "# live: "


def frozen(calibration):
    """The hash of what makes a prediction: the sources and the calibration."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(os.path.join(ROOT, "Sources")):
        folders.sort()
        for name in sorted(files):
            digest.update(name.encode())
            with open(os.path.join(folder, name), "rb") as file:
                digest.update(file.read())
    with open(calibration, "rb") as file:
        digest.update(file.read())
    return digest.hexdigest()[:12]


def variants(path):
    """Scenario -> its flags of `live`, in the file's order: base, and the lines of two blanks under `variants:`."""
    found, inside = {"base": []}, False
    with open(path) as file:
        for line in file:
            if line.startswith("variants:"):
                inside = True
            elif inside and line.startswith("  ") and line[2] not in " #" and ":" in line:
                found[line.strip().split(":")[0]] = line.partition(LIVE)[2].split()
            elif inside and line.strip() and not line.startswith(" "):
                break
    return found


def command(verb, path, name, more):
    # Absolute, since it runs from another folder.
    arguments = [REHEARSE, verb, os.path.abspath(path), "--format", "json"] + more
    return arguments if name == "base" else arguments + ["--variant", name]


def play(arguments):
    """The document that a command printed; raises with its last words if there is none."""
    answer = subprocess.run(arguments, capture_output=True, text=True, cwd="/tmp")
    try:
        document = json.loads(answer.stdout)
    except json.JSONDecodeError:
        document = {"schema": "none", "message": answer.stderr[-500:]}
    if not document["schema"].startswith(("rehearse.run/", "rehearse.plan/")):
        raise RuntimeError(document.get("message", "no answer"))
    return document


def reduced(document):
    """What the tables need of a run."""
    keep = {
        name: {key: metric[key] for key in KEPT if metric.get(key) is not None}
        for name, metric in document["metrics"].items() if name.startswith(PREFIXES)}
    return {"metrics": keep, "complete": document["complete"]}


def plan(path, name, flags, calibration):
    """(estimates by name, the scenario's facts, settings as path=value that say what the flags of `live` do)."""
    calibrated = ["--calibration", os.path.abspath(calibration)]
    document = play(command("plan", path, name, calibrated))
    resolved = {one["path"]: one["value"] for one in document["resolved"]}
    settings = slower(flags, resolved)
    if settings:
        document = play(command("plan", path, name, calibrated + assignments(settings)))
    estimates = {one["name"]: one.get("value") for one in document["estimates"]}
    return estimates, facts.read(resolved, flags), settings


# Of the CPU of shipping log, what the receiver takes: by the scheduler's count of walsender and walreceiver.
RECEIVER = 2 / 3


def slower(flags, resolved):
    """`--replica-cpu` as settings: a replica held to a share of a core replays, and takes in log, that much more slowly."""
    if "--replica-cpu" not in flags:
        return []
    share = facts.number(flags[flags.index("--replica-cpu") + 1])
    costs = {"replay_record": 1 / share, "replay_image": 1 / share, "ship": 1 - RECEIVER + RECEIVER / share}
    paths = {f"database.costs.{cost}": factor for cost, factor in costs.items()}
    return [f"{path}={facts.number(resolved[path]) * factor * 1e9:.0f}ns" for path, factor in paths.items()]


def assignments(settings):
    """`--set` for each path; of several for one path the last."""
    last = dict(one.split("=", 1) for one in settings)
    return [text for path, value in last.items() for text in ("--set", f"{path}={value}")]


def simulated(path, name, calibration, trials, settings):
    more = ["--calibration", os.path.abspath(calibration), "--no-history", "--trials", str(trials)]
    return reduced(play(command("simulate", path, name, more + assignments(settings))))


class Cells:
    """Results so far: a JSON file that is replaced whole after each."""

    def __init__(self, path):
        self.path = path
        self.data = {"live": {}, "predicted": {}, "planned": {}, "facts": {}, "order": []}
        if os.path.exists(path):
            with open(path) as file:
                self.data.update(json.load(file))

    def keep(self):
        os.makedirs(os.path.dirname(os.path.abspath(self.path)), exist_ok=True)
        with open(self.path + ".new", "w") as file:
            json.dump(self.data, file, indent=1, sort_keys=True)
            file.write("\n")
        os.replace(self.path + ".new", self.path)
