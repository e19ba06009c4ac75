"""The published table."""

import statistics

import baselines
import judging
from metrics import METRICS, by_class, present, scored

# Scenarios that are held to less than the host gives, by their flags of `live`.
HELD = ("--iops", "--throughput", "--replica-cpu", "--replica-iops")
SIGNIFICANTLY_BETTER = ("latency p95", "latency p99", "lock waits", "lock wait total", "longest lock wait", "peak lag")
TITLE = """Times in seconds. *Error*: distance of the predicted value from the mean of the live ones beyond the floor, over that mean; *noise*: half the
live spread over their mean. A cell whose noise is above 20 % is repeated up to 7 times and then undecidable; at most a quarter of a metric's cells count
as met because they lie within 1.5 times the half-spread (*excused*)."""


def number(value):
    if value is None:
        return "-"
    if value == 0:
        return "0"
    return f"{value / 1e6:.4g} M" if abs(value) >= 1e6 else f"{value:.4g}"


def percent(value):
    return "-" if value is None else f"{100 * value:.1f} %"


def grid(heads, lines):
    """A Markdown table."""
    line = lambda texts: "| " + " | ".join(texts) + " |"
    return [line(heads), line(["---"] * len(heads))] + [line(texts) for texts in lines]


def grouped(rows):
    """(metric's label, its rows) for each that has some."""
    found = {metric.label: [row for row in rows if row.label == metric.label] for metric in METRICS}
    return [(label, mine) for label, mine in found.items() if mine]


def goals(rows):
    lines = []
    for label, mine in grouped(rows):
        one = judging.Judgement(mine)
        raw = [statistics.median(one.errors), judging.worst_but_one(one.errors)] if one.errors else [None, None]
        lines.append([
            label, str(len(mine)), percent(raw[0]), percent(one.median), percent(one.metric.median),
            percent(raw[1]), percent(one.worst), percent(one.metric.worst), str(len(one.excused)), str(len(one.undecidable)),
            str(len(one.open)), percent(statistics.median(row.bias for row in mine)),
            percent(statistics.median(row.noise for row in mine)), one.verdict])
    return grid(["metric", "rows", "median error", "judged", "goal", "worst but one", "judged", "goal", "excused",
                 "undecidable", "to repeat", "bias", "median noise", "verdict"], lines)


def intervals(rows):
    lines = []
    for label, mine in grouped(rows):
        inside, width = judging.coverage(mine)
        met = inside is not None and judging.COVERAGE[0] <= inside <= judging.COVERAGE[1] and (
            width is None or width <= judging.WIDTH)
        lines.append([label, str(len(mine)), percent(inside), number(width), "met" if met else "missed"])
    return grid(["metric", "rows", "live runs inside (80 to 97 %)", "half-width / half-spread (at most 2.5)", "verdict"], lines)


def comparison(rows, data, train):
    """Per metric and baseline: its median error, its worst but one, and whether ours are smaller."""
    guesses = baselines.all_of(data, train)
    lines = []
    for label, mine in grouped(rows):
        texts, words = [], []
        for name in baselines.NAMES:
            found = judging.against(mine, guesses[name])
            if found:
                pairs, errors, p, word = found
                words.append(word)
                texts.append(f"{percent(statistics.median(errors))}, {percent(judging.worst_but_one(errors))}; "
                             f"{word}, p {p:.2g} of {pairs}")
            else:
                texts.append("-")
        owed = label in SIGNIFICANTLY_BETTER
        own = [row.error for row in mine if not row.undecidable]
        ours = f"{percent(statistics.median(own))}, {percent(judging.worst_but_one(own))}" if own else "-"
        lines.append([label, ours] + texts + ["better" if owed else "not worse", beaten(words, owed)])
    return grid(["metric", "simulator"] + list(baselines.NAMES) + ["goal", "verdict"], lines)


def beaten(words, owed):
    """The verdict on what was found against each baseline that had predictions: open while one has none."""
    if "worse" in words or owed and set(words) - {"better"}:
        return "missed"
    return "met" if len(words) == len(baselines.NAMES) else "open"


def order(rows):
    lines = []
    for label in ("latency p99", "duration", "peak lag"):
        pairs = [(row.predicted, row.mean) for row in rows if row.label == label]
        tau = judging.kendall(pairs)
        lines.append([label, str(len(pairs)), "-" if tau is None else f"{tau:.2f}",
                      "no rows" if tau is None else "met" if tau >= judging.TAU else "missed"])
    return grid(["ranking by", "rows", "Kendall's tau-b (0.90)", "verdict"], lines)


def decisions(data, rows):
    lines = []
    everything = present(data)
    for label in ("latency p50", "latency p95", "latency p99", "longest lock wait", "peak lag", "duration"):
        tried = judging.limits([row for row in rows if row.label == label])
        one = judging.Decisions([row for row in everything if row.label == label], tried)
        worst = f"{percent(one.worst[0])}, {one.worst[1]} at {number(one.worst[2])}" if one.worst else "none"
        lines.append([label, ", ".join(number(t) for t in tried), str(one.clear), percent(one.share), worst, one.verdict])
    return grid(["metric", "limits", "decisions", "right (95 %)", "worst false \"safe\" (20 %)", "verdict"], lines)


def held(rows, data):
    """The scenarios with limited resources, by themselves."""
    mine = [row for row in rows if any(
        flag in HELD for flag in data.get("facts", {}).get(row.scenario, {}).get("flags", []))]
    return goals(mine) if mine else ["None of these was run."]


def cell_lines(rows):
    return grid(
        ["scenario", "metric", "live mean", "repeats", "predicted", "its interval", "one run", "error", "noise"],
        [[row.scenario, row.label, number(row.mean), ", ".join(number(v) for v in row.live), number(row.predicted),
          f"{number(row.low)} .. {number(row.high)}", f"{number(row.predicted_low)} .. {number(row.predicted_high)}",
          percent(row.error) + (" (undecidable)" if row.undecidable else ""), percent(row.noise)] for row in rows])


def lag_line(rows):
    count = sum(row.label == "peak lag" and 2 <= row.mean <= 60 for row in rows)
    return f"{count} scenarios have a peak lag of 2 to 60 s (goal: at least 5)."


def table(data, title, train=None):
    rows = scored(data)
    names = list(dict.fromkeys(row.scenario for row in rows))
    runs = sum(len(data["live"][name]) for name in names)
    parts = [
        ("Goals", goals(rows) + ["", lag_line(rows)]), ("90 % intervals for one run", intervals(rows)),
        ("Baselines", ["Median error and worst but one on the same cells; paired, exact two-sided signed-rank test at 5 %. Regression: "
                       + ("trained on the development set." if train else "leave one scenario out."), ""]
         + comparison(rows, data, train)),
        ("Order of the scenarios", order(rows)),
        ("Safe or not", ["Limits are the quartiles of the live means; decisions within 10 % of a limit are left out.", ""]
         + decisions(data, rows)),
        ("Held to fewer operations or a slower replica", held(rows, data)),
        ("Every row", cell_lines(rows)), ("Latency by class, not scored", cell_lines(by_class(data)))]
    lines = [f"# {title}", "", f"{len(names)} scenarios, {runs} live runs. {TITLE}"]
    for head, text in parts:
        lines += ["", f"## {head}", ""] + text
    return "\n".join(lines) + "\n"
