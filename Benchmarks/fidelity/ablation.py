"""Each mechanism of the model switched off in turn: what it is worth in the errors."""

import json
import math
import statistics
import sys
import tempfile

import cells
from metrics import METRICS, scored
from report import percent


class Mechanism:
    """What is switched off, by which settings, and for which scenarios it can matter (by their facts)."""

    def __init__(self, name, *settings, where=None, calibration=None):
        self.name, self.settings = name, settings
        self.where = where or (lambda known: True)
        self.calibration = calibration or (lambda values: values)


def without_quantiles(values):
    """A calibration in which every latency is its median."""
    if isinstance(values, dict):
        return {key: without_quantiles(value) for key, value in values.items() if key != "quantiles"}
    return [without_quantiles(value) for value in values] if isinstance(values, list) else values


MECHANISMS = [
    Mechanism("new log files", "database.settings.min_wal_size=16GiB"),
    Mechanism("CPU of new log files", "database.costs.log_file_cpu=0us"),
    Mechanism("pages into shared buffers", "database.costs.fetch_page=0us", "database.costs.new_page=0us"),
    Mechanism("pages written for others", "database.costs.write_page=0us"),
    Mechanism("width of rows", "database.costs.row_kibibyte=0us"),
    Mechanism("full leaves", "database.costs.leaf_pass=0us"),
    Mechanism("rest of the disk", "database.storage.rest_time=1ns"),
    Mechanism("CPU of flushes", "database.costs.sync=0us"),
    Mechanism("CPU of shipping", "database.costs.ship=0us"),
    Mechanism("planning", "database.costs.plan=0us"),
    Mechanism("cold statements", "database.costs.cold=0us"),
    Mechanism(
        "who is let in", "database.costs.preemption=100%", "database.costs.misplacement=0%",
        "database.costs.late_after_flush=0%"),
    Mechanism("bursts of the page cache", "database.storage.dirty_expire=null"),
    Mechanism("shared cores and disk", "database.colocated=false"),
    Mechanism("the driver's CPU", "database.costs.driver=0us"),
    Mechanism("wake-ups", "database.costs.wake_up=0us"),
    Mechanism("time slices", "database.costs.time_slice=10us"),
    Mechanism("contention of workers", "database.costs.contention=0%", where=lambda known: known["workers"] > 1),
    Mechanism("scatter of latencies", calibration=without_quantiles),
    Mechanism("bandwidth of the disk", "database.storage.throughput=1TiB/s"),
    Mechanism("operations of the disk", "database.storage.iops=10M"),
    Mechanism("page images", "database.settings.full_page_writes=false"),
    Mechanism("flushes at commit", 'database.settings.synchronous_commit="off"', where=lambda known: known["synchronous"]),
    Mechanism("checkpoints", "database.settings.checkpoint_timeout=1d"),
    Mechanism("autovacuum", "database.settings.autovacuum=false", where=lambda known: known["autovacuum"]),
    Mechanism("the pool's size", "pools.app.size=1000"),
    Mechanism("replay", "database.costs.replay_record=0us", "database.costs.replay_image=0us"),
    Mechanism("events", "events=null", where=lambda known: known["events"]),
]


def predict(options, kept, name, flags):
    """Predicts one scenario without each mechanism that is missing in `kept`, and keeps it."""
    missing = [one for one in MECHANISMS if (not options.mechanisms or one.name in options.mechanisms) and (
        options.again or name not in kept.data.setdefault("without", {}).setdefault(one.name, {}))]
    if not missing:
        return
    _, known, settings = cells.plan(options.scenarios, name, flags, options.calibration)
    for one in missing:
        if not one.where(known):
            continue
        with tempfile.NamedTemporaryFile("w", suffix=".json") as changed:
            with open(options.calibration) as file:
                json.dump(one.calibration(json.load(file)), changed)
            changed.flush()
            try:
                kept.data["without"].setdefault(one.name, {})[name] = cells.simulated(
                    options.scenarios, name, changed.name, options.trials, settings + list(one.settings))
            except RuntimeError as error:
                print(f"{name} without {one.name}: {error}", file=sys.stderr)
                continue
        kept.keep()
        print(f"{name}: without {one.name}", file=sys.stderr)


def table(data, kept, title):
    """Median error with everything and, over the same scenarios, without each mechanism."""
    labels = [metric.label for metric in METRICS]
    lines = [
        f"# {title}", "",
        "Median error without a mechanism, after the one with it over the same scenarios; in brackets by how much its "
        "absence moves the prediction, at the median. A mechanism earns its place where errors grow without it.", "",
        "| without | scenarios | " + " | ".join(labels) + " |", "| --- " * (len(labels) + 2) + "|"]
    for mechanism in MECHANISMS:
        predicted = kept.get("without", {}).get(mechanism.name, {})
        names = [name for name in predicted if name in data["predicted"] and data["live"].get(name)]
        if names:
            cellwise = [moved(data, predicted, names, label) for label in labels]
            lines.append("| " + " | ".join([mechanism.name, str(len(names))] + cellwise) + " |")
    return "\n".join(lines) + "\n"


def moved(data, predicted, names, label):
    live = {name: data["live"][name] for name in names}
    both = [
        {row.scenario: row for row in scored({"live": live, "predicted": guesses}) if row.label == label}
        for guesses in (data["predicted"], predicted)]
    if not both[0]:
        return "-"
    errors = [statistics.median(row.error for row in rows.values()) for rows in both]
    shifts = [abs(math.log(both[1][name].predicted / row.predicted)) for name, row in both[0].items()
              if row.predicted > 0 and both[1][name].predicted > 0]
    shift = f" ({percent(math.exp(statistics.median(shifts)) - 1)})" if shifts else ""
    return f"{percent(errors[0])} → {percent(errors[1])}{shift}"
