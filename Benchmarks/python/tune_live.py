"""Prints results/tune-live.md: recommendations of tune beside what they did for real."""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fidelity"))
import cells  # noqa: E402

COMMAND = ".build/release/rehearse"
# What holds the servers to what the scenario says.
SCENARIOS = [("live-lock", []), ("live-lag", ["--replica-cpu", "15%"])]
HEAD = """# Recommendations of tune, run for real

`make bench-tune-live CALIBRATION=FILE`: two scenarios of `Benchmarks/TuneLive/`, tuned with a calibration of the host, then run as recommended on a throwaway cluster of the same
host, once each. *Predicted*: 90 % interval for one execution, of 30 simulated trials. Elapsed is tune's, on both cores.

| scenario | recommended | bound by | elapsed | gate | limit | predicted | live | |
| --- | --- | --- | ---: | --- | --- | ---: | ---: | --- |"""


def play(verb, *arguments):
    """The one document that the command writes, whatever its gates say."""
    done = subprocess.run(
        [COMMAND, verb, *arguments, "--no-history", "--format", "json"], stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 2, 3):
        sys.exit(f"rehearse {verb} {' '.join(arguments)}: exit {done.returncode}")
    return json.loads(done.stdout)


def shown(value):
    return "-" if value is None else f"{value:.3g}"


def interval(document, gate):
    """Of what the gate judges, where a metric is that itself."""
    name = next((name for name in document["metrics"] if name.split("{")[0] == gate["metric"].split("{")[0]
                 and "who=backfill" not in name and "phase=before" not in name and "phase=after" not in name), None)
    metric = document["metrics"].get(name, {})
    return f"{shown(metric.get('predicted_low'))} .. {shown(metric.get('predicted_high'))}"


def main(calibration):
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder:
        for name, limits in SCENARIOS:
            tuned = os.path.join(folder, name + ".yaml")
            path = f"Benchmarks/TuneLive/{name}.yaml"
            # A share of a core is no part of the scenario: the replica is that much slower.
            _, _, held = cells.plan(path, "base", limits, calibration)
            calibrated = ["--calibration", calibration] + cells.assignments(held)
            began = os.times().elapsed
            choice = play("tune", path, *calibrated, "--write", tuned)["recommended"]
            elapsed = os.times().elapsed - began
            predicted = play("simulate", tuned, *calibrated, "--trials", "30")
            live = play("live", tuned, "--throwaway", *limits)
            settings = ", ".join(f"{path.split('.')[-1]} {value}" for path, value in choice["settings"].items())
            binding = (choice["binding"] or {}).get("gate", "-")
            row_head = [name, settings, binding, f"{elapsed:.0f} s"]
            for gate in live["gates"]:
                row = [gate["id"], shown(gate["limit"]), interval(predicted, gate), shown(gate["value"]), gate["verdict"]]
                print("| " + " | ".join(row_head + row) + " |", flush=True)
                row_head = [""] * len(row_head)


main(sys.argv[1])
