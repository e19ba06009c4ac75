"""Turns the samples of Benchmarks/model into results/model.md."""

import os
import statistics
import sys
import time
from collections import defaultdict


def read(path):
    """Per benchmark, one list of numbers a round."""
    samples = defaultdict(list)
    for row in open(path):
        _, name, *fields = row.rstrip("\n").split("\t")
        samples[name].append([float(field) for field in fields])
    return samples


def verdict(value, goal, unit):
    return f"≤ {goal:g}{unit}" + ("" if value <= goal else ", **missed**")


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return os.uname().machine


def main(path):
    samples = read(path)
    median = statistics.median
    hold = median(sample[0] for sample in samples["hold"])
    full = samples["full"]
    per_transaction = median(cpu / served * 1e6 for cpu, _, served, *_ in full)
    pops = median(events / served for _, _, served, events, *_ in full)
    per_pop = median(cpu / events * 1e9 for cpu, _, _, events, *_ in full)
    hour = median(cpu / length * 3600 for cpu, _, _, _, length, _ in full)
    production = median(sample[1] for sample in samples["production"])
    one_job = [sample[0] for sample in samples["one-job"]]
    scaling = median(two[0] / one for one, two in zip(one_job, samples["two-jobs"]))
    # Each round has two processes beside each other.
    beside = [sample[0] for sample in samples["beside"]]
    apart = median((a + b) / 2 / one for one, a, b in zip(one_job, beside[::2], beside[1::2]))
    in_holds = median(
        cpu / served * 1e9 / yard[0] for (cpu, _, served, *_), yard in zip(full, samples["hold"]))
    print(f"""# The model, measured

`Benchmarks/model`, {time.strftime("%Y-%m")}. {processor()}, {os.cpu_count()} virtual cores, shared with other work
(load {os.getloadavg()[0]:.1f} at the end), default release flags. Medians of {len(full)} interleaved runs.

| what | measured | goal |
| --- | ---: | ---: |
| full model, every moment played: processor time per transaction served | {per_transaction:.2f} µs | {verdict(per_transaction, 1.1, " µs")} |
| calendar events per transaction | {pops:.1f} | |
| processor time per calendar event | {per_pop:.0f} ns | |
| an hour of 1,000 transactions a second, one core | {hour:.1f} s | {verdict(hour, 4, " s")} |
| production case, 30 trials on 2 cores, sampled: elapsed | {production:.1f} s | {verdict(production, 20, " s")} |
| processor time per trial on 2 cores over that on 1 | {scaling:.2f}× | {verdict(scaling, 1.05, "×")} |
| the same of two processes, which share only the machine | {apart:.2f}× | |
| trials on 2 cores over two processes | {scaling / apart:.2f}× | |
| yardstick: one hold among 10 pending in C | {hold:.1f} ns | |
| one transaction in yardsticks, and where one takes 14 ns | {in_holds:.0f}, {in_holds * 14 / 1000:.2f} µs | |

- Full model: `Benchmarks/Model/full-model.yaml`, one select, one update and a commit at 70 % of one core,
  beside two backfill workers and one replica.
- Production case: `scenarios/orders.yaml`, 240 million rows, 420 transactions a second at the peak of its curve.
- The yardstick tells a slow machine from a slow model: the goals were set where it takes 14 ns.

## Rows

240 batches with a minute's pause and 200 transactions a second, every moment played; table and batches 1, 10 and 100 times
as large, up to 240 million rows. The goal is growth below 15 % beside one bit per page and mark.

| table | size | processor time per simulated second | of the smallest | peak memory |
| --- | ---: | ---: | ---: | ---: |""")
    for kind, name in (
        ("clustered", "key in physical order"),
        ("indexed", "the same, two secondary indexes"),
        ("random", "key in random order"),
    ):
        costs = {
            size: [cpu / length for cpu, _, _, _, length, _ in samples[f"{kind}-{size}"]]
            for size in (1, 10, 100)
        }
        for size, cost in costs.items():
            growth = median(now / least for now, least in zip(cost, costs[1]))
            memory = median(sample[5] for sample in samples[f"{kind}-{size}"])
            print(
                f"| {name} | ×{size} | {median(cost) * 1e6:.0f} µs "
                f"| {growth:.2f}× | {memory / 1e6:.0f} MB |")


main(sys.argv[1])
