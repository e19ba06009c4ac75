"""Numbers of a scenario, read from what `plan` resolved: what baselines may know of it."""

import math
import re

UNITS = {
    "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0,
    "B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
    "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40,
    "k": 1e3, "M": 1e6, "G": 1e9, "%": 0.01, "": 1.0,
}


def number(text):
    """A value as scenarios write it, in SI base units: 60ms, 1.2k/s, 90/min, 35%, 200B; None for a word."""
    match = re.fullmatch(r"([0-9.]+(?:e-?\d+)?)([A-Za-z%]*)(/s|/min)?", str(text))
    if not match or match[2] not in UNITS:
        return None
    return float(match[1]) * UNITS[match[2]] / (60 if match[3] == "/min" else 1)


def classes(resolved):
    """The traffic by class: rate, statements, rows read and written a transaction, exponent of the keys."""
    found = {}
    for path, text in resolved.items():
        match = re.fullmatch(r"traffic\.([^.]+)\.(.+)", path)
        if not match:
            continue
        one = found.setdefault(match[1], {"rate": 0.0, "kinds": {}, "rows": {}, "skew": 0.0})
        statement = re.fullmatch(r"statements\[(\d+)\]\.(kind|rows)", match[2])
        if statement and statement[2] == "kind":
            one["kinds"][statement[1]] = text
        elif statement:
            one["rows"][statement[1]] = number(text) or 1
        elif match[2] == "rate":
            one["rate"] = number(text) or 0.0
        elif match[2] == "keys.s":
            one["skew"] = number(text) or 0.0
    for one in found.values():
        pairs = [(kind, one["rows"].get(index, 1)) for index, kind in sorted(one.pop("kinds").items())]
        one.pop("rows")
        one["statements"] = len(pairs)
        one["reads"] = sum(rows for kind, rows in pairs if kind.startswith("select"))
        one["writes"] = sum(rows for kind, rows in pairs if not kind == "select")
    return found


def unloaded(one, resolved):
    """Seconds of a class's transaction that meets nobody, and of them those of a core.

    A single statement is one round trip, several are two more (BEGIN, COMMIT); a write waits for one flush.
    """
    cost = lambda name: number(resolved.get("database.costs." + name)) or 0.0
    trips = one["statements"] + (2 if one["statements"] > 1 else 0)
    core = one["statements"] * cost("statement") + cost("begin") + cost("commit") + one["reads"] * cost("select_row")
    core += one["writes"] * (cost("update_row") + cost("move_row"))
    rest = trips * (number(resolved.get("database.rtt")) or 0.0)
    if resolved.get("database.colocated") == "true":
        core += trips * cost("driver")
    if one["writes"] and resolved.get("database.settings.synchronous_commit") != "off":
        rest += (number(resolved.get("database.storage.write_latency")) or 0.0) + cost("flush")
    return core + rest, core


def blocked(resolved):
    """The event that keeps a replica from replaying longest: its moment and length in seconds, or zeros."""
    found = (0.0, 0.0)
    for path, text in resolved.items():
        if path.startswith("events") and path.endswith(".do") and text.startswith("replica_"):
            at, length = (number(resolved.get(path[:-2] + key)) or 0.0 for key in ("at", "for"))
            found = max(found, (at, length), key=lambda event: event[1])
    return found


def read(resolved, flags):
    """`resolved`: path -> text; `flags`: those of `live` that hold servers to less."""
    get = lambda path, otherwise=0.0: number(resolved.get(path)) if number(resolved.get(path)) is not None else otherwise
    traffic = classes(resolved)
    for one in traffic.values():
        one["unloaded"], one["core"] = unloaded(one, resolved)
    at, length = blocked(resolved)
    share = flags[flags.index("--replica-cpu") + 1] if "--replica-cpu" in flags else "100%"
    return {
        "rows": get("table.rows"), "row_width": get("table.row_width"), "fillfactor": get("table.fillfactor", 100.0),
        "indexes": len({p.split(".")[2] for p in resolved if re.fullmatch(r"table\.indexes\.[^.]+\..+", p)}),
        "batch": get("strategy.batch.rows", get("table.rows")), "workers": get("strategy.workers", 1.0),
        "pause": get("strategy.pause"), "cores": get("database.cores", 1.0), "iops": get("database.storage.iops", 1.0),
        "synchronous": resolved.get("database.settings.synchronous_commit") != "off",
        "autovacuum": resolved.get("database.settings.autovacuum") == "true",
        "cache": get("database.settings.shared_buffers", 1.0),
        "checkpoint": get("database.settings.checkpoint_timeout", 300.0),
        "apply_delay": get("database.settings.recovery_min_apply_delay"), "blocked_at": at, "blocked_for": length,
        "events": any(path.startswith("events") and path.endswith(".do") for path in resolved),
        "replica_cpu": number(share), "flags": flags, "classes": traffic,
    }


def rate(facts):
    """Transactions a second."""
    return sum(one["rate"] for one in facts["classes"].values())


def written(facts):
    """Rows that traffic writes a second."""
    return sum(one["rate"] * one["writes"] for one in facts["classes"].values())


def features(facts):
    """What the regression sees: logarithms of what scales, the rest as it is."""
    log = lambda x, least: math.log(max(x, least))
    return [
        log(facts["rows"], 1), log(facts["batch"], 1), log(facts["workers"], 1), log(facts["pause"] + 1e-3, 1e-3),
        log(rate(facts) + 1, 1), log(written(facts) + 1, 1), log(facts["row_width"], 1), log(facts["indexes"] + 1, 1),
        log(facts["fillfactor"], 1), max((one["skew"] for one in facts["classes"].values()), default=0.0),
        log(facts["iops"], 1), log(facts["cache"], 1), log(facts["checkpoint"], 1), float(facts["synchronous"]),
        float(facts["autovacuum"]), log(facts["replica_cpu"], 0.01),
        log(1 + facts["blocked_for"] + facts["apply_delay"], 1),
    ]
