#!/usr/bin/env python3
"""Predictions beside real runs: `fidelity.py run|table|seal|ablate --help`.

Every live run is kept as it ends, so an interrupted series goes on where it stopped. Repeats of all
scenarios are interleaved, and none is discarded.
"""

import argparse
import os
import sys
import time

import ablation
import report
import space
from cells import HERE, LIVE, ROOT, Cells, command, frozen, plan, play, reduced, simulated, variants
from metrics import REPEATS, noisy_scenarios

RESULTS = os.path.join(ROOT, "results/fidelity")


def run(options):
    flags = variants(options.scenarios)
    names = [name for name in flags if not options.only or name in options.only]
    cells = Cells(options.cells)
    cells.data["order"] = list(flags)
    for name in names:
        predict(options, cells, name, flags[name])
    ends = time.monotonic() + options.minutes * 60 if options.minutes else float("inf")
    for repeat in range(options.repeats):
        if not play_live(options, cells, names, flags, repeat + 1, ends):
            return
    for _ in range(options.repeats, options.most):
        noisy = [name for name in noisy_scenarios(cells.data) if name in names]
        for name in noisy:
            if not play_live(options, cells, [name], flags, len(cells.data["live"][name]) + 1, ends):
                return


def predict(options, cells, name, flags):
    """Keeps what `plan` says of a scenario, and its prediction; what is there already stays, unless asked for."""
    done = name in cells.data["predicted"] and not options.again
    if done and name in cells.data["facts"]:
        return
    estimates, known, settings = plan(options.scenarios, name, flags, options.calibration)
    cells.data["planned"][name], cells.data["facts"][name] = estimates, known
    if not done:
        cells.data["predicted"][name] = simulated(
            options.scenarios, name, options.calibration, options.trials, settings)
    cells.keep()


def play_live(options, cells, names, flags, wanted, ends):
    """Runs for real what has fewer repeats than wanted; False once time is up."""
    for name in names:
        done = cells.data["live"].setdefault(name, [])
        if len(done) >= wanted:
            continue
        if time.monotonic() > ends:
            print("time is up; the same command goes on", file=sys.stderr)
            return False
        more = ["--throwaway", "--no-history"] + flags[name]
        try:
            done.append(reduced(play(command("live", options.scenarios, name, more))))
        except RuntimeError as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        cells.keep()
        print(f"{name}: live {len(done)} of {max(wanted, options.repeats)}", file=sys.stderr)
    return True


def written(text, path):
    if path:
        with open(path, "w") as file:
            file.write(text)
    else:
        print(text, end="")


def table(options):
    for path in filter(None, (options.cells, options.train)):
        if not os.path.exists(path):
            sys.exit(f"{path}: no such cells; `fidelity.py run` writes them")
    train = Cells(options.train).data if options.train else None
    written(report.table(Cells(options.cells).data, options.title, train), options.out)


def seal(options):
    """Draws the sealed set that belongs to this code and calibration, once."""
    digest = frozen(options.calibration)
    folder = os.path.join(RESULTS, "sealed", digest)
    path = os.path.join(folder, "scenarios.yaml")
    if not os.path.exists(path):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(HERE, "development.yaml")) as file:
            base = file.read().split("\nversion:")[1].split("\nvariants:\n")[0]
        with open(path, "w") as file:
            file.write(f"# Drawn from the hash of code and calibration, {digest}: never looked at before.\n")
            file.write(f"version:{base}\nvariants:\n")
            for name, (text, flags) in space.draw(digest, options.count).items():
                file.write(f"  {name}: {text}" + (f"  {LIVE}{' '.join(flags)}" if flags else "") + "\n")
    print(path)


def ablate(options):
    """Predicts without each mechanism what is missing, and writes the table."""
    cells, kept = Cells(options.cells), Cells(options.kept)
    flags = variants(options.scenarios)
    for name in cells.data["order"] or sorted(cells.data["predicted"]):
        if name in flags and cells.data["live"].get(name) and (not options.only or name in options.only):
            ablation.predict(options, kept, name, flags[name])
    written(ablation.table(cells.data, kept.data, options.title), options.out)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(required=True)
    development = os.path.join(RESULTS, "development.json")

    def verb(name, call, text, *, scenarios=False, calibration=False, title=None):
        one = verbs.add_parser(name, help=text)
        one.set_defaults(call=call)
        if scenarios:
            one.add_argument("--scenarios", default=os.path.join(HERE, "development.yaml"))
            one.add_argument("--only", nargs="*", help="scenarios by name; base is the file without a variant")
        if calibration:
            one.add_argument("--calibration", required=True)
        if name != "seal":
            one.add_argument("--cells", default=development)
        if title:
            one.add_argument("--title", default=title)
            one.add_argument("--out", help="in place of the screen")
        return one

    one = verb("run", run, "predict, and run for real what is missing", scenarios=True, calibration=True)
    one.add_argument("--repeats", type=int, default=3)
    one.add_argument("--most", type=int, default=REPEATS, help="repeats of a scenario with noisy cells")
    one.add_argument("--trials", type=int, default=30)
    one.add_argument("--again", action="store_true", help="predict anew, the live runs stay")
    one.add_argument("--minutes", type=float, help="begin no live run after so long")
    one = verb("table", table, "the published comparison of what was run", title="Development set")
    one.add_argument("--train", help="cells that the regression is trained on, in place of the other scenarios")
    one = verb("seal", seal, "draw the sealed set of this code and calibration", calibration=True)
    one.add_argument("--count", type=int, default=12)
    one = verb("ablate", ablate, "switch each mechanism off in turn", scenarios=True, calibration=True, title="Ablation")
    one.add_argument("--kept", default=os.path.join(ROOT, "results/local/ablation.json"), help="predictions so far")
    one.add_argument("--mechanisms", nargs="*", help="some of them, by name")
    one.add_argument("--trials", type=int, default=10)
    one.add_argument("--again", action="store_true", help="predict anew")
    return parser.parse_args()


if __name__ == "__main__":
    options = arguments()
    options.call(options)
