"""The baselines that the simulator has to beat on the same cells.

Each gives a dictionary (scenario, label) -> prediction; a cell that it cannot predict is missing.
"""

import math

import facts
from metrics import scored

NAMES = ("closed form", "regression", "last value")
# Waits that count are of 10 ms and more (docs/metrics.md).
SHORTEST_WAIT = 0.010
# Penalties tried by the regression, of standardised features.
PENALTIES = (0.1, 1.0, 10.0)
# Fewest scenarios that a regression is trained on.
LEAST = 6


def closed_forms(data):
    """What arithmetic says: the estimates of `plan`, and formulas over them where plan has none."""
    found = {}
    for scenario, plan in data.get("planned", {}).items():
        known = data.get("facts", {}).get(scenario)
        guesses = {"duration": plan.get("backfill.duration"), "log bytes": plan.get("wal.bytes")}
        guesses.update(waits(plan))
        if known:
            guesses["throughput"] = facts.rate(known) * (plan.get("backfill.duration") or 0)
            guesses.update(latencies(plan, known))
            guesses.update(lag(plan, known))
        found.update({(scenario, label): guess for label, guess in guesses.items() if guess is not None})
    return found


def holds(plan):
    """Longest hold H of a batch, its rows' part nb, and the rows that traffic writes a second, all of `plan`."""
    longest, batches = plan.get("locks.hold.max"), plan.get("backfill.batches")
    if not longest or not batches or plan.get("batch.per_row") is None:
        return None
    spread = plan["batch.per_row"] * plan["mvcc.dead_rows"] / batches
    mean = longest - spread / 2
    return longest, max(spread, 1e-9), (plan.get("locks.waits") or 0.0) / mean


def waits(plan, w=SHORTEST_WAIT):
    """Waits of at least w seconds over the whole job: Λ(H−w)²/(2nb); their sum Λ/(nb)·∫ x(H−x)dx from w to H.

    Holds are uniform between the commit and H, the waiter finds them at random (PASTA).
    """
    known = holds(plan)
    if not known:
        return {}
    longest, spread, rate = known
    if longest <= w:
        return {"lock waits": 0.0, "lock wait total": 0.0, "longest lock wait": 0.0}
    return {
        "lock waits": rate * (longest - w) ** 2 / (2 * spread),
        "lock wait total": rate / spread * (longest**3 / 6 - longest * w**2 / 2 + w**3 / 3),
        "longest lock wait": longest,
    }


def latencies(plan, known):
    """Quantiles of a mixture: each class's unloaded time, its CPU stretched by processor sharing
    (x / (1 − ρ)), and for a writer in so many the wait for a batch's row."""
    duration, batch = plan.get("backfill.duration"), plan.get("batch.duration")
    arriving = facts.rate(known)
    if not duration or not batch or not arriving:
        return {}
    own = known["workers"] * batch / (batch + known["pause"]) / known["cores"]
    busy = min(0.95, own + sum(c["rate"] * c["core"] for c in known["classes"].values()) / known["cores"])
    longest, spread, _ = holds(plan) or (0.0, 1e-9, 0.0)

    def beyond(x):
        total = 0.0
        for one in known["classes"].values():
            wait = x - one["unloaded"] - one["core"] * busy / (1 - busy)
            late = max(0.0, longest - wait) ** 2 / (2 * spread * duration) * one["writes"]
            total += one["rate"] * (1.0 if wait < 0 else min(1.0, late))
        return total / arriving

    return {f"latency p{round(100 * q)}": quantile(beyond, 1 - q) for q in (0.5, 0.95, 0.99)}


def quantile(beyond, share):
    """The least x that no more than this share is beyond, by bisection up to 1,000 s."""
    low, high = 0.0, 1e3
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if beyond(middle) <= share else (middle, high)
    return high


def lag(plan, known):
    """The fluid of `plan`, or a replica that stands for H seconds: lag H, drained at what replay has to spare."""
    find_plan = lambda name: max([v for k, v in plan.items() if k.startswith(name + "{") and v is not None], default=0.0)
    duration = plan.get("backfill.duration") or 0.0
    peak, drain, busy = (find_plan(n) for n in ("replica.lag.max", "replica.drain", "replay.utilization"))
    at = duration * max(1.0, busy)
    stands = known["blocked_for"]
    if stands > peak:
        peak, at = stands, known["blocked_at"] + stands
        caught_up = at + stands * busy / (1 - busy) if busy < 1 else math.inf
        drain = max(drain, caught_up - duration) if caught_up < math.inf else drain
    if known["apply_delay"] > peak:
        peak, drain = known["apply_delay"], max(drain, known["apply_delay"])
    return {"peak lag": peak, "time of the peak": at, "drain": drain}


def scaled_last(data):
    """The scenario before in the file, scaled linearly by what the metric grows with."""
    found, last = {}, {}
    for row in scored(data):
        here = data.get("facts", {}).get(row.scenario)
        if row.label in last:
            value, before = last[row.label]
            ratio = growth(row.label, here) / growth(row.label, before) if here and before else 1.0
            found[row.scenario, row.label] = value * ratio
        last[row.label] = (row.mean, here)
    return found


def growth(label, known):
    """What a metric is proportional to, as one would guess: twice the batch, twice the wait."""
    length = known["rows"] / known["workers"]
    written = max(facts.written(known), 1.0)
    return {
        "duration": length, "log bytes": known["rows"], "throughput": length * facts.rate(known),
        "lock waits": written * known["batch"], "lock wait total": written * known["batch"] ** 2,
        "longest lock wait": known["batch"], "time of the peak": length,
    }.get(label, 1.0)


def regression(data, train=None):
    """Ridge regression of the logarithm, per metric: trained on `train`, or else on all other scenarios."""
    found = {}
    other = samples(train) if train else None
    for label, own in samples(data).items():
        for name, (vector, _) in own.items():
            known = other.get(label, {}) if train else {k: v for k, v in own.items() if k != name}
            if len(known) >= LEAST:
                found[name, label] = math.exp(Ridge(list(known.values())).predict(vector))
    return found


def samples(data):
    """Label -> scenario -> (features, logarithm of the live mean)."""
    found = {}
    for row in scored(data):
        if row.scenario in data.get("facts", {}):
            vector = facts.features(data["facts"][row.scenario])
            found.setdefault(row.label, {})[row.scenario] = (vector, math.log(row.mean))
    return found


class Ridge:
    """Linear regression with a penalty; the penalty is the one with the least leave-one-out error.

    Features are standardised by the training set; one without spread there has no weight.
    """

    def __init__(self, pairs):
        count = len(pairs)
        columns = list(zip(*(vector for vector, _ in pairs)))
        self.means = [sum(c) / count for c in columns]
        self.scales = [math.sqrt(sum((x - m) ** 2 for x in c) / count) for c, m in zip(columns, self.means)]
        self.level = sum(y for _, y in pairs) / count
        rows = [self.standard(vector) for vector, _ in pairs]
        targets = [y - self.level for _, y in pairs]
        tried = [self.fitted(rows, targets, penalty) for penalty in PENALTIES]
        self.weights = min(tried, key=lambda one: one[1])[0]

    def standard(self, vector):
        return [(x - m) / s if s > 1e-12 else 0.0 for x, m, s in zip(vector, self.means, self.scales)]

    def fitted(self, rows, targets, penalty):
        """Weights, and the sum of squared leave-one-out errors: residual / (1 − leverage)."""
        size = len(self.means)
        gram = [[sum(r[i] * r[j] for r in rows) + (penalty if i == j else 0.0) for j in range(size)] for i in range(size)]
        moment = [sum(r[i] * y for r, y in zip(rows, targets)) for i in range(size)]
        inverse = inverted(gram)
        weights = [sum(a * b for a, b in zip(line, moment)) for line in inverse]
        loss = 0.0
        for r, y in zip(rows, targets):
            leverage = 1 / len(rows) + sum(r[i] * inverse[i][j] * r[j] for i in range(size) for j in range(size))
            loss += ((y - sum(a * b for a, b in zip(weights, r))) / max(1 - leverage, 1e-6)) ** 2
        return weights, loss

    def predict(self, vector):
        return self.level + sum(a * b for a, b in zip(self.weights, self.standard(vector)))


def inverted(matrix):
    """The inverse of a symmetric positive definite matrix, by Gauss and Jordan."""
    size = len(matrix)
    lines = [list(map(float, line)) + [float(i == j) for j in range(size)] for i, line in enumerate(matrix)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda j: abs(lines[j][i]))
        lines[i], lines[pivot] = lines[pivot], lines[i]
        lines[i] = [x / lines[i][i] for x in lines[i]]
        for j in range(size):
            if j != i and lines[j][i]:
                factor = lines[j][i]
                lines[j] = [x - factor * y for x, y in zip(lines[j], lines[i])]
    return [line[size:] for line in lines]


def all_of(data, train=None):
    """Name -> predictions, in the order of NAMES."""
    return dict(zip(NAMES, (closed_forms(data), regression(data, train), scaled_last(data))))
