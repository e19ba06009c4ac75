"""Prints results/driver.md from the runs that DriverBenchmarks printed."""

import statistics
import sys

FIELDS = ["count", "p50", "p95", "p99", "cpu", "late50", "late99"]


def read(paths):
    """Pairs of runs by level: {level: [(driver, pgbench)]}."""
    runs = {}
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                level, pair, who, *values = line.split("\t")
                key = (float(level), int(pair))
                runs.setdefault(key, {})[who] = dict(zip(FIELDS, map(float, values)))
    levels = {}
    for (level, _), sides in sorted(runs.items()):
        if len(sides) == 2:
            levels.setdefault(level, []).append((sides["driver"], sides["pgbench"]))
    return levels


def interval(values):
    """The median, and the order statistics that enclose it with at least 95 %."""
    values = sorted(values)
    n, skipped, tail, term = len(values), 0, 0.5 ** len(values), 0.5 ** len(values)
    while True:
        term *= (n - skipped) / (skipped + 1)
        if tail + term > 0.025:
            break
        tail += term
        skipped += 1
    return statistics.median(values), values[skipped], values[n - 1 - skipped]


def cell(pairs, field):
    """The ratio's median and interval."""
    middle, low, high = interval([driver[field] / pgbench[field] for driver, pgbench in pairs])
    return f"{middle:.3f} ({low:.3f} .. {high:.3f})"


def median(pairs, side, field, scale):
    return statistics.median(pair[side][field] for pair in pairs) * scale


def main(paths):
    levels = read(paths)
    print("# The live driver's traffic beside pgbench\n")
    print(
        "Regenerate with `make bench-driver` on a machine that does nothing else. The same script\n"
        "(simple-update), rate and 16 connections on the same server, alternating runs of 9 s after 2 s of\n"
        "warm-up. Each transaction's time without its side's own lateness: from the first byte sent to the\n"
        "last answer. Ratios are driver over pgbench, pair by pair: the median, and its 95 % interval by\n"
        "order statistics. Client, driver and server share the machine's cores.\n"
    )
    print("| load | rate | pairs | p50 | p95 | p99 | processor time |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for level, pairs in levels.items():
        rate = pairs[0][1]["count"] / 9
        cells = [cell(pairs, field) for field in ["p50", "p95", "p99", "cpu"]]
        print(f"| {level:.0f} % | {rate:.0f}/s | {len(pairs)} | {' | '.join(cells)} |")
    print("\nWhat they were, medians over the runs; late: how long after its moment a transaction was sent.\n")
    print("| load | side | p50 | p95 | p99 | processor time | late p50 | late p99 |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for level, pairs in levels.items():
        for side, name in enumerate(["driver", "pgbench"]):
            times = [f"{median(pairs, side, field, 1e3):.3f} ms" for field in ["p50", "p95", "p99"]]
            cpu = f"{median(pairs, side, 'cpu', 1e6):.0f} us"
            late = [f"{median(pairs, side, field, 1e6):.0f} us" for field in ["late50", "late99"]]
            print(f"| {level:.0f} % | {name} | {' | '.join(times)} | {cpu} | {' | '.join(late)} |")


main(sys.argv[1:])
