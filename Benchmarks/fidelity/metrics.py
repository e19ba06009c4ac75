"""What is compared: the metrics, their goals, and one row for each metric of a scenario."""

import statistics

# Kept of every run.
PREFIXES = (
    "backfill.duration", "backfill.batch.duration", "app.latency", "app.completed", "app.arrived",
    "locks.wait", "locks.waits", "replica.lag", "replica.drain", "wal.bytes", "cpu.utilization")
DURING = "phase=during"
# A cell whose half-spread is a larger share of its mean is repeated, up to so many times.
NOISY, REPEATS = 0.2, 7


def find(metrics, wanted):
    """The metric by its name and labels, of several replicas the worst; None where it was not measured."""
    if wanted in metrics:
        return metrics[wanted]
    name, _, labels = wanted.partition("{")
    parts = set(labels.rstrip("}").split(",")) - {""}
    found = []
    for key, metric in metrics.items():
        own, _, rest = key.partition("{")
        have = set(rest.rstrip("}").split(",")) - {""}
        others = have - parts
        if own == name and parts <= have and "value" in metric and all(o.startswith("replica=") for o in others):
            found.append(metric)
    return max(found, key=lambda m: m["value"]) if found else None


def value(metrics, wanted):
    metric = find(metrics, wanted)
    return (metric.get("value") or 0.0) if metric else 0.0


class Metric:
    """A compared metric: goals for the median error and the worst but one, the floor (in its unit, of
    the live mean) up to which a distance is none, and which live runs count."""

    def __init__(self, label, name, median, worst=None, floor=None, counts=None):
        self.label, self.name, self.median, self.worst = label, name, median, worst
        self.floor = floor or (lambda live: 0.0)
        self.counts = counts or (lambda metrics: True)


def many_waits(metrics):
    return value(metrics, f"locks.waits{{{DURING},who=app}}") > 30


def lagging(metrics):
    return value(metrics, "replica.lag.max") >= 1


def latency_floor(live):
    return min(0.5e-3, 0.15 * live)


def lag_floor(live):
    """Seconds between two of the live driver's looks at a replica (ServerWatch.swift)."""
    return 0.020


METRICS = [
    Metric("duration", "backfill.duration", 0.05, 0.12),
    Metric("log bytes", "wal.bytes", 0.04, 0.10),
    Metric("throughput", f"app.completed{{{DURING}}}", 0.03),
    Metric("latency p50", f"app.latency.p50{{{DURING}}}", 0.10, 0.25, latency_floor),
    Metric("latency p95", f"app.latency.p95{{{DURING}}}", 0.12, 0.30, latency_floor),
    Metric("latency p99", f"app.latency.p99{{{DURING}}}", 0.15, 0.35, latency_floor),
    Metric("lock waits", f"locks.waits{{{DURING},who=app}}", 0.12, 0.30, counts=many_waits),
    Metric("lock wait total", f"locks.wait_total{{{DURING},who=app}}", 0.12, 0.30, counts=many_waits),
    Metric("longest lock wait", f"locks.wait.max{{{DURING},who=app}}", 0.15, counts=many_waits),
    Metric("peak lag", "replica.lag.max", 0.12, 0.30, lag_floor, lagging),
    Metric("time of the peak", "replica.lag.max_at", 0.10, None, lag_floor, lagging),
    Metric("drain", "replica.drain", 0.15, None, lag_floor, lagging),
]


class Row:
    """One metric of one scenario: what was predicted, what happened."""

    def __init__(self, scenario, metric, runs, predicted):
        self.scenario, self.metric, self.label = scenario, metric, metric.label
        found = [find(run["metrics"], metric.name) for run in runs]
        self.live = [m["value"] for m in found if m and m.get("value") is not None]
        guess = find(predicted["metrics"], metric.name) or {}
        self.predicted, self.low, self.high = guess.get("value"), guess.get("low"), guess.get("high")
        self.predicted_low, self.predicted_high = guess.get("predicted_low"), guess.get("predicted_high")
        self.present = bool(self.live)
        if not self.present:
            return
        self.mean = statistics.fmean(self.live)
        self.half = (max(self.live) - min(self.live)) / 2
        self.scored = self.mean > 0 and all(metric.counts(run["metrics"]) for run in runs)
        # Nothing predicted where something happened is an error like any other.
        if self.predicted is None and self.scored:
            self.predicted = 0.0

    def error_of(self, guess):
        """Of any prediction of this cell: the share of the live mean by which it misses, beyond the floor.

        A mean below the floor, such as the drain of a lag that was gone before the backfill's end, counts as the floor.
        """
        floor = self.metric.floor(self.mean)
        return max(0.0, abs(guess - self.mean) - floor) / max(self.mean, floor)

    @property
    def error(self):
        return self.error_of(self.predicted)

    @property
    def bias(self):
        return self.predicted / self.mean - 1

    @property
    def noise(self):
        """Half the spread of the repeats over their mean; 0 for a single one."""
        return self.half / self.mean

    @property
    def noisy(self):
        return self.noise > NOISY

    @property
    def undecidable(self):
        return self.noisy and len(self.live) >= REPEATS

    @property
    def within_noise(self):
        return len(self.live) > 1 and abs(self.predicted - self.mean) <= 1.5 * self.half


def ordered(data):
    """The scenarios that were run and predicted, in the order of their file (old cells: of the alphabet)."""
    names = data.get("order") or sorted(data["live"])
    names = names + [name for name in sorted(data["live"]) if name not in names]
    return [name for name in names if data["live"].get(name) and name in data["predicted"]]


def present(data, metrics=None):
    """Every cell with a live value, scored or not."""
    rows = [Row(name, metric, data["live"][name], data["predicted"][name])
            for name in ordered(data) for metric in metrics or METRICS]
    return [row for row in rows if row.present]


def scored(data, metrics=None):
    return [row for row in present(data, metrics) if row.scored]


def by_class(data):
    """Latency of each class by itself: shown beside the pooled figures, not scored."""
    classes = sorted({
        label for runs in data["live"].values() for run in runs for key in run["metrics"]
        for label in key.partition("{")[2].rstrip("}").split(",") if label.startswith("class=")})
    made = [Metric(f"{metric.label}, {name[6:]}", metric.name.replace("{", "{" + name + ","),
                   metric.median, metric.worst, metric.floor)
            for metric in METRICS if metric.name.startswith("app.latency") for name in classes]
    return scored(data, made)


def noisy_scenarios(data):
    """Those with a scored cell too noisy to be judged, and repeats left."""
    return [name for name in ordered(data) if len(data["live"][name]) < REPEATS and any(
        row.noisy for row in scored(data) if row.scenario == name)]
