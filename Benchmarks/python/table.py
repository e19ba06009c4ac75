"""Turns the samples of Benchmarks/run into results/kernel.md."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections import defaultdict

TITLES = {
    "hold 10": "hold, 10 pending",
    "hold 100": "hold, 100 pending",
    "hold 1000": "hold, 1,000 pending",
    "hold 10000": "hold, 10,000 pending",
    "hold 100000": "hold, 100,000 pending",
    "mm1": "M/M/1, ρ = 0.9, per customer",
    "closed": "closed network, per cycle",
    "timeouts": "the same, every hold under a timeout",
}
GOALS = {("mm1", "limit"): 1.35, ("mm1", "simpy"): 150, ("closed", "limit"): 1.25}
GOALS |= {("closed", "simpy"): 100}
GOALS |= {(model, "c"): 1.10 for model in TITLES if model.startswith("hold")}


def read(path):
    """ns[model][implementation] and checks alike, one entry per round."""
    ns, checks = defaultdict(lambda: defaultdict(list)), defaultdict(dict)
    for row in open(path):
        _, model, implementation, units, value, check = row.rstrip("\n").split("\t")
        ns[model][implementation].append(float(value))
        seen = checks[model].setdefault(implementation, (check, int(units)))
        if seen[0] != check:
            sys.exit(f"{model}: {implementation} differs from itself: {seen[0]}, {check}")
    for model, values in checks.items():
        twins = {check for name, (check, _) in values.items() if name != "simpy"}
        if len(twins) != 1:
            sys.exit(f"{model}: the twins disagree: {values}")
    return ns, checks


def cell(ns, model, other):
    if other not in ns[model]:
        return "–"
    ours, theirs = ns[model]["swift"], ns[model][other]
    slower, faster = (theirs, ours) if other == "simpy" else (ours, theirs)
    ratio = statistics.median(a / b for a, b in zip(slower, faster))
    text = f"{statistics.median(theirs):,.1f} · {ratio:,.0f}×" if other == "simpy" else (
        f"{statistics.median(theirs):,.1f} · {ratio:.2f}")
    goal = GOALS.get((model, other))
    if goal is None:
        return text
    met = ratio >= goal if other == "simpy" else ratio <= goal
    return f"{text} ({'≥' if other == 'simpy' else '≤'} {goal:g}{'' if met else ', missed'})"


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def main(path):
    ns, checks = read(path)
    rounds = len(ns["mm1"]["swift"])
    mean = {}
    for model, unit in (("mm1", 1e-9), ("closed", 1e-6)):
        total, units = checks[model]["swift"]
        mean[model] = int(total) / units * unit, float(checks[model]["simpy"][0])
    print(f"""# The event kernel, measured

`Benchmarks/run`, {time.strftime("%Y-%m")}. {processor()}, {os.cpu_count()} virtual cores, shared with other work
(load {os.getloadavg()[0]:.1f} at the end); {first_line("swift", "--version")}, default release flags;
{first_line("gcc", "--version")}, -O3; Python {platform.python_version()}, SimPy 4.1.2.

Nanoseconds of processor time per unit of work: medians of {rounds} interleaved runs. After the dot
Swift's time over C's, or SimPy's over Swift's, the median of the rounds; in brackets the goal.

| model | Swift | C, the same calendar | C, the least possible | SimPy |
| --- | ---: | ---: | ---: | ---: |""")
    for model, title in TITLES.items():
        cells = [cell(ns, model, other) for other in ("c", "limit", "simpy")]
        print(f"| {title} | {statistics.median(ns[model]['swift']):,.1f} | {' | '.join(cells)} |")
    print(f"""
- Hold: the earliest of n events is taken and scheduled again, exponentially later.
- Closed network: 1,000 clients think (1 s), take one of 8 processors (4 ms), then one of 4 disks
  (2 ms), all exponential: three holds a cycle. Timeouts stand at 30 s and are cancelled, which doubles
  the events scheduled; SimPy cannot cancel them and lets them fire unheard.
- "The same calendar": the same heap, slots and cancelling in C, line by line. "The least possible":
  the heap alone, the payload in the key, nothing can be cancelled.
- Swift and C draw the same numbers (xoshiro256++, ziggurat) and agree on every run's total to the
  nanosecond: mean response {mean["mm1"][0]:.4f} s in M/M/1 (theory 10 s) and {mean["closed"][0]:.4f} ms in the closed network
  (SimPy, other numbers and shorter runs: {mean["mm1"][1]:.4f} s, {mean["closed"][1] * 1e3:.4f} ms).
- SimPy's M/M/1 is its fastest form: one server process that takes arrival times from a store.""")


main(sys.argv[1])
