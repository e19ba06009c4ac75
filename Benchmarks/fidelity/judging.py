"""The rules by which predictions are judged, and the statistics that they need."""

import math
import statistics

# Share of a metric's cells that may count as met by lying within 1.5 times the repeats' half-spread.
EXCUSABLE = 0.25
# Of 90 % intervals: live repeats inside, and the median of their half-width over the live half-spread.
COVERAGE, WIDTH = (0.80, 0.97), 2.5
# Decisions count where the live value lies so far from the limit; a false "safe" may be so far beyond it.
CLEAR, FALSE_SAFE, RIGHT = 0.10, 0.20, 0.95
TAU = 0.90
SIGNIFICANT = 0.05


def worst_but_one(values):
    return sorted(values)[-2] if len(values) > 1 else max(values)


class Judgement:
    """One metric over all scenarios: errors as measured, and as the goals read them."""

    def __init__(self, rows):
        self.metric = rows[0].metric
        self.undecidable = [row for row in rows if row.undecidable]
        self.open = [row for row in rows if row.noisy and not row.undecidable]
        decidable = [row for row in rows if not row.undecidable]
        self.errors = [row.error for row in decidable]
        self.excused = excused(decidable, self.metric.median)
        self.judged = [min(row.error, self.metric.median) if row in self.excused else row.error for row in decidable]

    @property
    def median(self):
        return statistics.median(self.judged) if self.judged else None

    @property
    def worst(self):
        return worst_but_one(self.judged) if self.judged else None

    @property
    def verdict(self):
        """met or missed by the decidable cells; undecidable if they are less than half of all."""
        if len(self.judged) <= len(self.undecidable):
            return "undecidable"
        met = self.median <= self.metric.median and (self.metric.worst is None or self.worst <= self.metric.worst)
        return "met" if met else "missed"


def excused(rows, goal):
    """The worst cells beyond the goal that the repeats' own noise explains: at most a quarter of the rows.

    A noisy cell is never one of them: it is repeated, and then undecidable.
    """
    may = [row for row in rows if row.error > goal and row.within_noise and not row.noisy]
    return sorted(may, key=lambda row: -row.error)[: int(EXCUSABLE * len(rows))]


def coverage(rows):
    """(share of live repeats in the 90 % intervals, median half-width over half-spread); None without."""
    inside, widths = [], []
    for row in rows:
        if row.predicted_low is None:
            continue
        inside += [row.predicted_low <= value <= row.predicted_high for value in row.live]
        if row.half > 0:
            widths.append((row.predicted_high - row.predicted_low) / 2 / row.half)
    return (statistics.fmean(inside) if inside else None, statistics.median(widths) if widths else None)


def signed_rank(pairs):
    """Wilcoxon's signed-rank test of paired errors (ours, other): (signed rank sum, exact two-sided p).

    A negative sum says that ours are smaller. Equal pairs are left out, equal differences share their
    mean rank, and p counts all 2^n signs of these ranks.
    """
    differences = [a - b for a, b in pairs if a != b]
    size = [abs(d) for d in differences]
    # Twice the mean rank, a whole number.
    ranks = [2 * sum(other < s for other in size) + sum(other == s for other in size) + 1 for s in size]
    ways = {0: 1}
    for rank in ranks:
        grown = dict(ways)
        for total, count in ways.items():
            grown[total + rank] = grown.get(total + rank, 0) + count
        ways = grown
    up = sum(rank for rank, d in zip(ranks, differences) if d > 0)
    extreme = min(up, sum(ranks) - up)
    tail = sum(count for total, count in ways.items() if total <= extreme)
    return up - sum(ranks) / 2, min(1.0, 2 * tail / 2 ** len(ranks))


def against(rows, guesses):
    """Ours against one baseline on the cells that both predict:
    (pairs, the baseline's errors, p, better | worse | same); None without such cells."""
    pairs = [(row.error, row.error_of(guesses[row.scenario, row.label]))
             for row in rows if (row.scenario, row.label) in guesses and not row.undecidable]
    if not pairs:
        return None
    balance, p = signed_rank(pairs)
    word = "same" if p >= SIGNIFICANT or not balance else "better" if balance < 0 else "worse"
    return len(pairs), [other for _, other in pairs], p, word


def kendall(pairs):
    """Kendall's tau-b of (predicted, live) pairs; None below three, or where one side is all alike."""
    if len(pairs) < 3:
        return None
    score = left = right = 0
    for i, (a, b) in enumerate(pairs):
        for c, d in pairs[i + 1:]:
            x, y = (a > c) - (a < c), (b > d) - (b < d)
            score += x * y
            left += x * x
            right += y * y
    return score / math.sqrt(left * right) if left and right else None


def limits(rows):
    """The limits that decisions are tried at: the quartiles of the live means."""
    means = [row.mean for row in rows]
    return statistics.quantiles(means, n=4) if len(means) > 1 else []


class Decisions:
    """Safe or unsafe by a grid of limits: predicted against live."""

    def __init__(self, rows, grid):
        self.clear = self.right = 0
        self.false_safe = []
        for row in rows:
            for limit in grid:
                if limit <= 0 or abs(row.mean / limit - 1) <= CLEAR or row.undecidable:
                    continue
                safe = (row.predicted or 0.0) <= limit
                self.clear += 1
                self.right += safe == (row.mean <= limit)
                if safe and row.mean > limit:
                    self.false_safe.append((row.mean / limit - 1, row.scenario, limit))

    @property
    def share(self):
        return self.right / self.clear if self.clear else None

    @property
    def worst(self):
        return max(self.false_safe, default=None)

    @property
    def verdict(self):
        if not self.clear:
            return "no rows"
        return "met" if self.share >= RIGHT and (not self.worst or self.worst[0] <= FALSE_SAFE) else "missed"
