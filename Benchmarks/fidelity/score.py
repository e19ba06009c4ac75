"""Errors of predictions, the goals they are held against, and the baselines to beat."""

import math
import statistics

PREFIXES = (
    "backfill.duration", "backfill.batch.duration", "app.latency", "app.completed", "app.arrived",
    "locks.wait", "locks.waits", "replica.lag", "replica.drain", "wal.bytes", "cpu.utilization")
P = "phase=during"

# Name, metric, goal of the median, goal of the worst but one, floor(live) in the metric's unit, and
# when a live run counts.
ALWAYS = lambda metrics: True
MANY_WAITS = lambda metrics: value(metrics, "locks.waits{phase=during,who=app}") > 30
LAGGING = lambda metrics: max([0] + [v for k, v in lags(metrics)]) >= 1
LATENCY_FLOOR = lambda live: min(0.5e-3, 0.15 * live)
NO_FLOOR = lambda live: 0.0

METRICS = [
    ("duration", "backfill.duration", 0.05, 0.12, NO_FLOOR, ALWAYS),
    ("log bytes", "wal.bytes", 0.04, 0.10, NO_FLOOR, ALWAYS),
    ("throughput", "app.completed{phase=during}", 0.03, None, NO_FLOOR, ALWAYS),
    ("latency p50", "app.latency.p50{phase=during}", 0.10, 0.25, LATENCY_FLOOR, ALWAYS),
    ("latency p95", "app.latency.p95{phase=during}", 0.12, 0.30, LATENCY_FLOOR, ALWAYS),
    ("latency p99", "app.latency.p99{phase=during}", 0.15, 0.35, LATENCY_FLOOR, ALWAYS),
    ("lock waits", "locks.waits{phase=during,who=app}", 0.12, 0.30, NO_FLOOR, MANY_WAITS),
    ("lock wait total", "locks.wait_total{phase=during,who=app}", 0.12, 0.30, NO_FLOOR, MANY_WAITS),
    ("longest lock wait", "locks.wait.max{phase=during,who=app}", 0.15, None, NO_FLOOR, MANY_WAITS),
    ("peak lag", "replica.lag.max", 0.12, 0.30, NO_FLOOR, LAGGING),
    ("time of the peak", "replica.lag.max_at", 0.10, None, NO_FLOOR, LAGGING),
    ("drain", "replica.drain", 0.15, None, NO_FLOOR, LAGGING),
]
# Where the closed forms of `plan` have the metric.
PLANNED = {
    "duration": "backfill.duration", "log bytes": "wal.bytes", "lock waits": "locks.waits",
    "lock wait total": "locks.wait_total", "longest lock wait": "locks.hold.max",
}


def lags(metrics):
    return [(k, m["value"]) for k, m in metrics.items()
            if k.startswith("replica.lag.max{") and "value" in m]


def find(metrics, wanted):
    """The metric by its name and labels; per-class ones are pooled already, of replicas the worst."""
    if wanted in metrics:
        return metrics[wanted]
    name, _, labels = wanted.partition("{")
    parts = set(labels.rstrip("}").split(",")) - {""}
    found = []
    for key, metric in metrics.items():
        own, _, rest = key.partition("{")
        have = set(rest.rstrip("}").split(",")) - {""}
        if own == name and parts <= have and "value" in metric:
            extra = have - parts
            if all(label.startswith("replica=") for label in extra):
                found.append(metric)
    return max(found, key=lambda m: m["value"]) if found else None


def value(metrics, wanted):
    metric = find(metrics, wanted)
    return metric.get("value", 0.0) if metric else 0.0


def pooled(metrics, wanted):
    """A metric, or of a pooled one that is only there by class the worst class (latency) or the sum."""
    metric = find(metrics, wanted)
    if metric or not wanted.startswith("app."):
        return metric
    name = wanted.split("{")[0]
    parts = [m for k, m in metrics.items()
             if k.startswith(name + "{") and P in k and "class=" in k and "value" in m]
    if not parts:
        return None
    if name in ("app.completed", "app.arrived"):
        keys = set.intersection(*[set(p) for p in parts])
        return {key: sum(p[key] for p in parts) for key in keys}
    return max(parts, key=lambda p: p["value"])


class Row:
    """One metric of one scenario: what was predicted, what happened."""

    def __init__(self, scenario, metric, runs, predicted):
        self.scenario, self.label = scenario, metric[0]
        self.live = [pooled(r["metrics"], metric[1]) for r in runs]
        self.live = [m["value"] for m in self.live if m and m.get("value") is not None]
        guess = pooled(predicted["metrics"], metric[1]) or {}
        self.counts = bool(self.live) and "value" in guess and all(metric[5](r["metrics"]) for r in runs)
        if not self.counts:
            return
        self.mean = statistics.fmean(self.live)
        self.half = (max(self.live) - min(self.live)) / 2
        self.predicted, self.low, self.high = guess["value"], guess.get("low"), guess.get("high")
        self.predicted_low, self.predicted_high = guess.get("predicted_low"), guess.get("predicted_high")
        floor = metric[4](self.mean)
        self.error = max(0.0, abs(self.predicted - self.mean) - floor) / self.mean if self.mean else 0.0
        self.noise = self.half / self.mean if self.mean else 0.0
        self.signed = self.predicted / self.mean - 1 if self.mean else 0.0

    @property
    def undecidable(self):
        return self.noise > 0.2 and len(self.live) >= 7

    @property
    def within_noise(self):
        return abs(self.predicted - self.mean) <= 1.5 * self.half

    @property
    def covered(self):
        if self.predicted_low is None:
            return None
        return sum(self.predicted_low <= v <= self.predicted_high for v in self.live) / len(self.live)


def rows_of(data):
    rows = []
    for scenario, runs in data["live"].items():
        if runs and scenario in data["predicted"]:
            rows += [Row(scenario, m, runs, data["predicted"][scenario]) for m in METRICS]
    return [row for row in rows if row.counts]


def kendall(pairs):
    """Kendall's tau-b of (predicted, live) pairs; None below three."""
    if len(pairs) < 3:
        return None
    good = bad = 0
    for i, (a, b) in enumerate(pairs):
        for c, d in pairs[i + 1:]:
            sign = (a - c) * (b - d)
            good += sign > 0
            bad += sign < 0
    return (good - bad) / (good + bad) if good + bad else None


def scaled_last(rows):
    """Baseline: the scenario before, in the order of the file, stands for this one."""
    errors, last = {}, {}
    for row in rows:
        if row.label in last and row.mean:
            errors.setdefault(row.label, []).append(abs(last[row.label] - row.mean) / row.mean)
        last[row.label] = row.mean
    return errors


def planned(rows, data):
    """Baseline: the closed forms that `plan` prints."""
    errors = {}
    for row in rows:
        guess = data["planned"].get(row.scenario, {}).get(PLANNED.get(row.label, ""))
        if guess is not None and row.mean:
            errors.setdefault(row.label, []).append(abs(guess - row.mean) / row.mean)
    return errors


def regression(rows):
    """Baseline: for each scenario the geometric mean of all the others, which a regression without
    features comes to; features need more scenarios than a development set has."""
    errors = {}
    for row in rows:
        others = [r.mean for r in rows if r.label == row.label and r.scenario != row.scenario and r.mean > 0]
        if others and row.mean:
            guess = math.exp(statistics.fmean(math.log(o) for o in others))
            errors.setdefault(row.label, []).append(abs(guess - row.mean) / row.mean)
    return errors


def number(value):
    if value is None:
        return "-"
    if value == 0:
        return "0"
    if abs(value) >= 1e6:
        return f"{value / 1e6:.4g} M"
    return f"{value:.4g}"


def percent(value):
    return "-" if value is None else f"{100 * value:.1f} %"


def worst_but_one(errors):
    return sorted(errors)[-2] if len(errors) > 1 else errors[0]


def table(data, title):
    rows = rows_of(data)
    lines = [f"# {title}", "", f"{len(data['live'])} scenarios, "
             f"{sum(len(r) for r in data['live'].values())} live runs. Times in seconds. Error: distance of the "
             "predicted value from the mean of the live ones beyond the floor, over that mean; noise: half the "
             "live spread over their mean.", "", "## Goals", "",
             "| metric | rows | median error | goal | worst but one | goal | bias | median noise | live in the 90 % interval | plan | mean of others | last value |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    baselines = [planned(rows, data), regression(rows), scaled_last(rows)]
    for metric in METRICS:
        mine = [r for r in rows if r.label == metric[0]]
        if not mine:
            continue
        errors = [r.error for r in mine]
        covered = [r.covered for r in mine if r.covered is not None]
        others = [percent(statistics.median(b[metric[0]])) if b.get(metric[0]) else "-" for b in baselines]
        lines.append("| " + " | ".join([
            metric[0], str(len(mine)), percent(statistics.median(errors)), percent(metric[2]),
            percent(worst_but_one(errors)), percent(metric[3]), percent(statistics.median(r.signed for r in mine)),
            percent(statistics.median(r.noise for r in mine)),
            percent(statistics.fmean(covered)) if covered else "-"] + others) + " |")
    lines += ["", "## Order of the scenarios", ""]
    for label in ("latency p99", "duration", "peak lag"):
        tau = kendall([(r.predicted, r.mean) for r in rows if r.label == label])
        lines.append(f"- Kendall's τ by {label}: {'-' if tau is None else f'{tau:.2f}'} (goal 0.90)")
    lines += ["", "## Every row", "",
              "| scenario | metric | live mean | repeats | predicted | its interval | one run | error | noise |",
              "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        lines.append("| " + " | ".join([
            row.scenario, row.label, number(row.mean), ", ".join(number(v) for v in row.live),
            number(row.predicted), f"{number(row.low)} .. {number(row.high)}",
            f"{number(row.predicted_low)} .. {number(row.predicted_high)}",
            percent(row.error) + (" (undecidable)" if row.undecidable else ""), percent(row.noise)]) + " |")
    return "\n".join(lines) + "\n"
