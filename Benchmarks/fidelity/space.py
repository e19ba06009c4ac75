"""Where sealed scenarios are drawn from: the space that the development set samples by hand."""

import itertools
import math
import random

STATEMENTS = {
    "read": "[{kind: select}]",
    "write": "[{kind: select}, {kind: update, set: [balance]}]",
    "update": "[{kind: update, set: [balance]}]",
    "multi": "[{kind: update, rows: %d, set: [balance]}]",
}
INDEXES = [
    "{name: i1, columns: [customer], distinct: 50k}",
    "{name: i2, columns: [region], distinct: 40k}",
    "{name: i3, columns: [region, customer]}",
]
# What keeps a replica behind, 2 to 60 s at its peak; what else a server does meanwhile; and batches whose
# locks more than 30 transactions meet. A scenario gets at most one of each. The shares are those of a set:
# a signed-rank test at 5 % needs six rows (2 / 2^6), and one of them may be lost.
BEHIND, BEHIND_SHARE = ["stopped", "delayed", "conflict", "slow"], 0.6
SERVER, SERVER_SHARE = ["iops", "checkpoint", "autovacuum", "reader", "cache"], 0.5
HOLDS, HOLDS_SHARE = ["update", "write", "multi"], 0.6


class Scenario:
    """A drawn scenario as text of a variant, and the flags of `live` that it needs."""

    def __init__(self, rng):
        self.rng = rng
        self.batch = int(logarithmic(rng, 200, 12000))
        self.workers = rng.choice([1, 1, 2, 3, 4])
        self.width, self.fill = rng.choice([120, 200, 400, 800]), rng.choice([70, 90, 100, 100])
        # Time of a row and worker, work and pause: what remains after about 12 us of work is the pause.
        self.per_row = logarithmic(rng, 20e-6, 120e-6)
        self.rows = int(min(2e6, 25 * self.workers / self.per_row) / 1000) * 1000
        self.pace(self.batch)
        self.indexes = ", ".join(INDEXES[: rng.randint(0, 3)])
        self.traffic = ", ".join(classes(rng))
        self.settings = {"synchronous_commit": '"%s"' % rng.choice(["on", "on", "off"])}
        self.storage, self.run, self.events, self.flags = {}, {}, [], []
        # What the replica of its own has, where a server is held to less than the host.
        self.replica = {}

    def pace(self, batch):
        self.batch, self.pause = batch, max(0.0, batch * (self.per_row - 12e-6))

    def holds(self, kind):
        """Waits for a batch's rows are rows written a second x its hold / 2 (fidelity's closed form): 0.3 s x 400/s / 2 = 60."""
        self.pace(int(logarithmic(self.rng, 15_000, 40_000)))
        self.rows = max(self.rows, 8 * self.batch)
        self.traffic = ", ".join(classes(self.rng, [kind], self.rng.randint(350, 500)))

    def behind(self, kind):
        rng = self.rng
        at, length = rng.randint(2, 5), rng.randint(8, 20)
        if kind == "stopped":
            self.events.append("{at: %ds, do: replica_stop, for: %ds}" % (at, length))
        elif kind == "conflict":
            # Only versions that are pruned or vacuumed conflict: updates that stay on their page, and a vacuum.
            self.fill = 70
            self.server("autovacuum")
            self.events.append("{at: %ds, do: replica_query, for: %ds}" % (at, length))
        elif kind == "delayed":
            self.settings["recovery_min_apply_delay"] = "%ds" % rng.randint(3, 15)
        elif kind == "slow":
            # 40,000 rows a second take a replica 0.1 to 0.2 of a core (docs/model.md): more than it gets.
            self.workers, self.rows, self.per_row = 2, 1_000_000, 50e-6
            self.pace(self.batch)
            self.replica["cores"] = 1
            self.flags += ["--replica-cpu", "%d%%" % rng.randint(6, 9)]

    def server(self, kind):
        rng = self.rng
        if kind == "iops":
            self.storage["iops"] = int(logarithmic(rng, 250, 1000))
            self.replica["storage"] = "{iops: 20000}"
            self.flags += ["--iops", str(self.storage["iops"])]
        elif kind == "checkpoint":
            self.settings["checkpoint_timeout"], self.run["before"] = "30s", "20s"
        elif kind == "autovacuum":
            self.settings.update(
                autovacuum="true", autovacuum_naptime="%ds" % rng.randint(5, 12), autovacuum_vacuum_scale_factor="0.05")
        elif kind == "reader":
            self.events.append("{at: %ds, do: long_transaction, for: %ds}" % (rng.randint(1, 4), rng.randint(10, 20)))
        elif kind == "cache":
            # At least three times the buffers.
            self.settings["shared_buffers"] = "64MiB"
            self.rows = max(self.rows, int(192 * 2**20 / self.width / 1000 + 1) * 1000)

    def replicas(self):
        named = {"name": "standby", "network": "1GiB/s", "rtt": "20us", **self.replica}
        return f", replicas: [{mapping(named)}]" if self.replica else ""

    def text(self):
        return (
            "{table: {rows: %d, row_width: %dB, fillfactor: %d, indexes: [%s]}, "
            "strategy: {batch: {rows: %d}, workers: %d, pause: %dus}, traffic: [%s], "
            "database: {storage: %s, settings: %s%s}, events: [%s], run: %s}" % (
                self.rows, self.width, self.fill, self.indexes, self.batch, self.workers, int(self.pause * 1e6),
                self.traffic, mapping(self.storage), mapping(self.settings), self.replicas(), ", ".join(self.events), mapping(self.run)))


def mapping(values):
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"


def logarithmic(rng, low, high):
    return low * (high / low) ** rng.random()


def classes(rng, kinds=None, rate=None):
    """One or two kinds of transactions, by default 30 to 500 a second together."""
    rate = rate or int(logarithmic(rng, 30, 500))
    kinds = kinds or rng.choice([["read", "write"], ["write"], ["update"], ["read", "multi"]])
    keys = "" if rng.random() < 0.6 else ", keys: {distribution: zipf, s: %.2f}" % rng.uniform(0.8, 1.15)
    for kind in kinds:
        statements = STATEMENTS[kind] % rng.randint(2, 10) if kind == "multi" else STATEMENTS[kind]
        share = max(5, rate // len(kinds) // (6 if kind == "multi" else 1))
        yield "{name: %s, rate: %d/s, statements: %s, timeout: 5s, pool: app%s}" % (kind, share, statements, keys)


def assigned(rng, traits, share, count):
    """Which scenario gets which trait: so large a share of them one, the traits in turn."""
    size = math.ceil(share * count)
    return dict(zip(rng.sample(range(count), size), itertools.cycle(traits)))


def draw(seed, count):
    """`count` scenarios, name -> (variant of the development file, flags of `live`), the same for the same seed."""
    rng = random.Random(seed)
    scenarios = [Scenario(rng) for _ in range(count)]
    for number, kind in assigned(rng, HOLDS, HOLDS_SHARE, count).items():
        scenarios[number].holds(kind)
    for number, kind in assigned(rng, BEHIND, BEHIND_SHARE, count).items():
        scenarios[number].behind(kind)
    for number, kind in assigned(rng, SERVER, SERVER_SHARE, count).items():
        scenarios[number].server(kind)
    return {f"sealed-{number + 1}": (one.text(), one.flags) for number, one in enumerate(scenarios)}
