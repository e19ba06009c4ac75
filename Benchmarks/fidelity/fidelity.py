#!/usr/bin/env python3
"""Predictions beside real runs: `fidelity.py run|table|seal --help`.

Every live run is kept as it ends, so an interrupted series goes on where it stopped. Repeats of all
scenarios are interleaved, and none is discarded.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time

import score
import space

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
REHEARSE = os.environ.get("REHEARSE_BINARY", os.path.join(ROOT, ".build/release/rehearse"))
RESULTS = os.path.join(ROOT, "results/fidelity")


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
    """The names of a scenario file's variants, in its order: those of two blanks under `variants:`."""
    names, inside = [], False
    for line in open(path):
        if line.startswith("variants:"):
            inside = True
        elif inside and line.startswith("  ") and not line.startswith("   ") and ":" in line:
            names.append(line.strip().split(":")[0])
        elif inside and line.strip() and not line.startswith(" "):
            break
    return ["base"] + names


def command(verb, path, name, more):
    # Absolute, since it runs from another folder.
    arguments = [REHEARSE, verb, path, "--format", "json"] + more
    if name != "base":
        arguments += ["--variant", name]
    return arguments


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
    keep = {}
    for name, metric in document["metrics"].items():
        if name.startswith(score.PREFIXES):
            keep[name] = {
                key: metric[key] for key in ("value", "low", "high", "n", "predicted_low", "predicted_high")
                if metric.get(key) is not None}
    return {"metrics": keep, "complete": document["complete"]}


class Cells:
    """Runs so far, by scenario: a JSON file that is replaced whole after each."""

    def __init__(self, path):
        self.path = path
        self.data = {"live": {}, "predicted": {}, "planned": {}}
        if os.path.exists(path):
            with open(path) as file:
                self.data = json.load(file)

    def keep(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path + ".new", "w") as file:
            json.dump(self.data, file, indent=1, sort_keys=True)
            file.write("\n")
        os.replace(self.path + ".new", self.path)


def run(options):
    names = [n for n in variants(options.scenarios) if not options.only or n in options.only]
    cells = Cells(options.cells)
    began = time.monotonic()
    for name in names:
        if not options.again and name in cells.data["predicted"]:
            continue
        more = ["--calibration", os.path.abspath(options.calibration), "--no-history", "--trials", str(options.trials)]
        cells.data["predicted"][name] = reduced(play(command("simulate", options.scenarios, name, more)))
        cells.data["planned"][name] = {
            one["name"]: one.get("value") for one in play(command(
                "plan", options.scenarios, name, more[:2]))["estimates"]}
        cells.keep()
    for repeat in range(options.repeats):
        for name in names:
            done = cells.data["live"].setdefault(name, [])
            if len(done) > repeat:
                continue
            if options.minutes and time.monotonic() - began > options.minutes * 60:
                print("time is up; the same command goes on", file=sys.stderr)
                return
            more = ["--throwaway", "--no-history"] + space.LIVE_FLAGS.get(name, [])
            try:
                done.append(reduced(play(command("live", options.scenarios, name, more))))
            except RuntimeError as error:
                print(f"{name}: {error}", file=sys.stderr)
                continue
            cells.keep()
            print(f"{name}: live {len(done)} of {options.repeats}", file=sys.stderr)


def table(options):
    cells = Cells(options.cells)
    text = score.table(cells.data, options.title)
    if options.out:
        with open(options.out, "w") as file:
            file.write(text)
    else:
        print(text, end="")


def seal(options):
    """Draws the sealed set that belongs to this code and calibration, once."""
    digest = frozen(options.calibration)
    folder = os.path.join(RESULTS, "sealed", digest)
    path = os.path.join(folder, "scenarios.yaml")
    if os.path.exists(path):
        print(path)
        return
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(HERE, "development.yaml")) as file:
        base = file.read().split("\nvariants:\n")[0]
    drawn = space.draw(digest, options.count)
    with open(path, "w") as file:
        file.write(f"# Drawn from the hash of code and calibration, {digest}: never looked at before.\n")
        file.write(base + "\nvariants:\n")
        for name, text in drawn.items():
            file.write(f"  {name}: {text}\n")
    print(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(required=True)
    one = verbs.add_parser("run", help="predict, and run for real what is missing")
    one.add_argument("--scenarios", default=os.path.join(HERE, "development.yaml"))
    one.add_argument("--calibration", required=True)
    one.add_argument("--cells", default=os.path.join(RESULTS, "development.json"))
    one.add_argument("--repeats", type=int, default=3)
    one.add_argument("--trials", type=int, default=30)
    one.add_argument("--only", nargs="*", help="scenarios by name; base is the file without a variant")
    one.add_argument("--again", action="store_true", help="predict anew, the live runs stay")
    one.add_argument("--minutes", type=float, help="begin no live run after so long")
    one.set_defaults(call=run)
    one = verbs.add_parser("table", help="the published comparison of what was run")
    one.add_argument("--cells", default=os.path.join(RESULTS, "development.json"))
    one.add_argument("--title", default="Development set")
    one.add_argument("--out")
    one.set_defaults(call=table)
    one = verbs.add_parser("seal", help="draw the sealed set of this code and calibration")
    one.add_argument("--calibration", required=True)
    one.add_argument("--count", type=int, default=10)
    one.set_defaults(call=seal)
    options = parser.parse_args()
    options.call(options)


if __name__ == "__main__":
    main()
