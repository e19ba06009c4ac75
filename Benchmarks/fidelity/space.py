"""Where scenarios are drawn from, and what `live` needs beside them."""

import random

# Flags of `live` that hold servers to what a scenario says.
LIVE_FLAGS = {"iops-limit": ["--iops", "300"], "slow-replica": ["--replica-cpu", "12%"]}

STATEMENTS = {
    "read": "[{kind: select}]",
    "write": "[{kind: select}, {kind: update, set: [balance]}]",
    "update": "[{kind: update, set: [balance]}]",
    "multi": "[{kind: update, rows: %d, set: [balance]}]",
}
INDEXES = [
    "{name: i1, columns: [customer], distinct: 50k}",
    "{name: i2, columns: [region], distinct: 40k}",
    "{name: i3, columns: [region, customer], distinct: 300k}",
]


def logarithmic(rng, low, high):
    return low * (high / low) ** rng.random()


def draw(seed, count):
    """`count` scenarios as variants of the development file, the same for the same seed."""
    rng = random.Random(seed)
    scenarios = {}
    for number in range(count):
        batch = int(logarithmic(rng, 200, 12000))
        workers = rng.choice([1, 1, 2, 3, 4])
        # The pause that makes it last: about 30 us of work and rest a row and worker.
        per_row = logarithmic(rng, 20e-6, 120e-6)
        pause = max(0, batch * (per_row - 12e-6))
        rows = int(min(2e6, 25 * workers / per_row) / 1000) * 1000
        rate = int(logarithmic(rng, 30, 500))
        kinds = rng.choice([["read", "write"], ["write"], ["update"], ["read", "multi"]])
        keys = "" if rng.random() < 0.6 else ", keys: {distribution: zipf, s: %.2f}" % rng.uniform(0.8, 1.15)
        traffic = []
        for kind in kinds:
            statements = STATEMENTS[kind] % rng.randint(2, 10) if kind == "multi" else STATEMENTS[kind]
            share = max(5, rate // len(kinds) // (6 if kind == "multi" else 1))
            traffic.append(
                "{name: %s, rate: %d/s, statements: %s, timeout: 5s, pool: app%s}" % (kind, share, statements, keys))
        settings = ["synchronous_commit: \"%s\"" % rng.choice(["on", "on", "off"])]
        scenarios["sealed-%d" % (number + 1)] = (
            "{table: {rows: %d, row_width: %dB, fillfactor: %d, indexes: [%s]}, "
            "strategy: {batch: {rows: %d}, workers: %d, pause: %dus}, traffic: [%s], "
            "database: {settings: {%s}}}" % (
                rows, rng.choice([120, 200, 400, 800]), rng.choice([70, 90, 100, 100]),
                ", ".join(INDEXES[: rng.randint(0, 3)]), batch, workers, int(pause * 1e6),
                ", ".join(traffic), ", ".join(settings)))
    return scenarios
