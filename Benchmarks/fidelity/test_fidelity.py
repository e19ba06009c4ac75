"""The scoring, by errors that were planted: `python3 -B -m unittest discover -s Benchmarks/fidelity`."""

import argparse
import itertools
import os
import random
import tempfile
import unittest
from unittest import mock

import ablation
import baselines
import cells
import facts
import fidelity
import judging
import metrics
import report
import space

P99 = "app.latency.p99{phase=during}"
DURATION = metrics.METRICS[0]
LATENCY = next(metric for metric in metrics.METRICS if metric.name == P99)
LAG = next(metric for metric in metrics.METRICS if metric.label == "peak lag")
DRAIN = next(metric for metric in metrics.METRICS if metric.label == "drain")


def outcome(**values):
    return {"complete": True, "metrics": {name: {"n": 1, "value": value} for name, value in values.items()}}


def row(live, predicted, metric=DURATION, scenario="base", interval=None):
    guess = outcome(**{metric.name: predicted})
    if interval:
        guess["metrics"][metric.name].update(predicted_low=interval[0], predicted_high=interval[1])
    return metrics.Row(scenario, metric, [outcome(**{metric.name: value}) for value in live], guess)


def known(**changes):
    resolved = {"table.rows": "300k", "table.row_width": "200B", "strategy.batch.rows": "1000", "strategy.workers": "1"}
    return {**facts.read(resolved, []), **changes}


class Errors(unittest.TestCase):
    def test_the_error_is_the_distance_over_the_live_mean(self):
        self.assertAlmostEqual(row([90, 110], 120).error, 0.2)
        self.assertAlmostEqual(row([90, 110], 80).error, 0.2)
        self.assertAlmostEqual(row([90, 110], 80).bias, -0.2)
        self.assertAlmostEqual(row([90, 110], 80).noise, 0.1)

    def test_a_latency_within_its_floor_is_right_and_beyond_it_only_the_rest_counts(self):
        self.assertEqual(row([0.001], 0.00114, LATENCY).error, 0)
        self.assertAlmostEqual(row([0.001], 0.00125, LATENCY).error, 0.1)
        self.assertAlmostEqual(row([0.100], 0.1105, LATENCY).error, 0.1)

    def test_a_drain_that_was_none_is_not_divided_by_almost_nothing(self):
        self.assertAlmostEqual(row([0.0003], 0.0403, DRAIN).error, 1.0)

    def test_what_was_not_predicted_where_something_happened_misses_all_of_it(self):
        one = metrics.Row("base", DURATION, [outcome(**{"backfill.duration": 10})], outcome())
        self.assertEqual(one.error, 1)

    def test_of_several_replicas_the_worst_is_taken_and_never_a_class(self):
        run = outcome(**{"replica.lag.max{replica=a}": 1, "replica.lag.max{replica=b}": 3, "replica.lag.max_at{replica=a}": 9})
        self.assertEqual(metrics.value(run["metrics"], "replica.lag.max"), 3)
        run = outcome(**{"app.latency.p99{class=read,phase=during}": 1})
        self.assertIsNone(metrics.find(run["metrics"], P99))

    def test_lag_is_scored_from_a_second_on(self):
        data = {"live": {"a": [outcome(**{"replica.lag.max{replica=s}": 0.9})]}, "predicted": {"a": outcome()}}
        self.assertEqual(len(metrics.present(data, [LAG])), 1)
        self.assertEqual(metrics.scored(data, [LAG]), [])
        data["live"]["a"] = [outcome(**{"replica.lag.max{replica=s}": 1.1})]
        self.assertEqual(len(metrics.scored(data, [LAG])), 1)


class Goals(unittest.TestCase):
    def test_a_planted_miss_is_found(self):
        good = [row([100], 102) for _ in range(9)]
        self.assertEqual(judging.Judgement(good + [row([100], 150)]).verdict, "met")
        self.assertEqual(judging.Judgement(good + [row([100], 150), row([100], 115)]).verdict, "missed")
        self.assertEqual(judging.Judgement([row([100], 106)] * 5).verdict, "missed")

    def test_noise_excuses_a_quarter_of_the_cells_at_most(self):
        # 10 % off, and within 1.5 times a half-spread of 10 %.
        excusable = [row([90, 110], 110) for _ in range(8)]
        one = judging.Judgement(excusable)
        self.assertEqual((len(one.excused), one.verdict), (2, "missed"))
        one = judging.Judgement(excusable[:2] + [row([100, 100], 101)] * 6)
        self.assertEqual((len(one.excused), one.verdict), (2, "met"))

    def test_a_cell_beyond_its_noise_is_not_excused(self):
        self.assertEqual(judging.Judgement([row([99, 101], 110)] * 4).excused, [])

    def test_a_noisy_cell_is_repeated_and_then_undecidable_never_met(self):
        open_cell, closed = row([70, 130], 100), row([70, 130] + [100] * 5, 100)
        one = judging.Judgement([open_cell, closed])
        self.assertEqual((one.open, one.undecidable), ([open_cell], [closed]))
        self.assertEqual(judging.Judgement([closed]).verdict, "undecidable")
        far = row([70, 130] + [100] * 5, 300)
        one = judging.Judgement([far] + [row([100], 101)] * 2)
        self.assertEqual((len(one.errors), one.worst < 0.02, one.verdict), (2, True, "met"))
        self.assertEqual(judging.Judgement([row([70, 130], 120)] * 4).excused, [])

    def test_coverage_and_width_of_planted_intervals(self):
        rows = [row([9, 11], 10, interval=(8, 12)), row([9, 11], 10, interval=(10, 14))]
        self.assertEqual(judging.coverage(rows), (0.75, 2))


class Statistics(unittest.TestCase):
    def test_signed_rank_against_every_sign_counted(self):
        rng = random.Random(3)
        for size in (1, 4, 7):
            # Whole numbers make ties and zeros.
            pairs = [(rng.randint(0, 4), rng.randint(0, 4)) for _ in range(size)]
            differences = [a - b for a, b in pairs if a != b]
            magnitudes = [abs(d) for d in differences]
            ranks = [sum(m < x for m in magnitudes) + (sum(m == x for m in magnitudes) + 1) / 2 for x in magnitudes]
            actual = sum(r for r, d in zip(ranks, differences) if d > 0)
            middle = sum(ranks) / 2
            all_signs = [sum(r for r, up in zip(ranks, signs) if up) for signs in itertools.product((0, 1), repeat=len(ranks))]
            expected = sum(abs(total - middle) >= abs(actual - middle) for total in all_signs) / len(all_signs)
            self.assertAlmostEqual(judging.signed_rank(pairs)[1], expected)

    def test_six_wins_are_significant_and_five_are_not(self):
        self.assertEqual(judging.signed_rank([(0, k) for k in range(1, 7)])[1], 2 / 64)
        self.assertEqual(judging.signed_rank([(0, k) for k in range(1, 6)])[1], 2 / 32)
        self.assertEqual(judging.signed_rank([(1, 1)] * 9), (0, 1))

    def test_better_and_worse_are_told_apart(self):
        rows = [row([100], 101 + k, scenario=str(k)) for k in range(8)]
        far = {(str(k), "duration"): 200.0 for k in range(8)}
        near = {(str(k), "duration"): 100.0 for k in range(8)}
        self.assertEqual(judging.against(rows, far)[3], "better")
        self.assertEqual(judging.against(rows, near)[3], "worse")
        self.assertIsNone(judging.against(rows, {}))

    def test_kendall_counts_ties(self):
        self.assertEqual(judging.kendall([(1, 1), (2, 2), (3, 3)]), 1)
        self.assertEqual(judging.kendall([(1, 3), (2, 2), (3, 1)]), -1)
        # Five of the six pairs agree, one is tied on one side: 5 / sqrt(5 · 6).
        self.assertAlmostEqual(judging.kendall([(1, 1), (2, 2), (2, 3), (4, 4)]), 5 / 30**0.5)
        self.assertIsNone(judging.kendall([(1, 1), (1, 2), (1, 3)]))
        self.assertIsNone(judging.kendall([(1, 1), (2, 2)]))

    def test_a_false_safe_is_found_and_close_cases_are_left_out(self):
        rows = [row([130], 90, scenario="bad"), row([105], 90), row([50], 60), row([200], 300)]
        one = judging.Decisions(rows, [100])
        self.assertEqual((one.clear, one.right, one.verdict), (3, 2, "missed"))
        self.assertEqual(one.worst[1], "bad")
        self.assertAlmostEqual(one.worst[0], 0.3)


class Baselines(unittest.TestCase):
    def test_waits_are_those_of_the_published_example(self):
        # D = 20,000, n = 500, b = 1 ms, c = 20 ms, 200 writes a second: 54 waits, 9.373 s, 9.68 longer than 0.3 s.
        plan = {"locks.hold.max": 0.52, "backfill.batches": 40, "batch.per_row": 1e-3, "mvcc.dead_rows": 20_000, "locks.waits": 54}
        self.assertAlmostEqual(baselines.waits(plan, 0.3)["lock waits"], 9.68)
        # Those shorter than the commit are as frequent as they are many: 200 · c² / 2 = 0.04 s.
        self.assertAlmostEqual(baselines.waits(plan, 0.02)["lock wait total"], 9.373333 - 0.04, places=5)
        self.assertEqual(baselines.waits(plan, 0.6)["lock waits"], 0)

    def test_latency_is_a_mixture_of_the_classes_and_of_waits(self):
        one = {"rate": 60.0, "writes": 0, "core": 0.0, "unloaded": 0.001, "reads": 1, "statements": 1, "skew": 0.0}
        other = {**one, "rate": 40.0, "unloaded": 0.003, "writes": 1}
        plan = {"backfill.duration": 20.0, "batch.duration": 0.02}
        found = baselines.latencies(plan, known(classes={"r": one, "w": other}, cores=2))
        self.assertAlmostEqual(found["latency p50"], 0.001, places=6)
        self.assertAlmostEqual(found["latency p95"], 0.003, places=6)
        plan.update({"locks.hold.max": 2.0, "backfill.batches": 1, "batch.per_row": 2e-3, "mvcc.dead_rows": 1000})
        held = baselines.latencies(plan, known(classes={"r": one, "w": other}, cores=2))
        # 0.4 · (2 − x)² / (2 · 2 · 20) = 0.01 where x = 2 − sqrt(2).
        self.assertAlmostEqual(held["latency p99"], 0.003 + 2 - 2**0.5, places=3)

    def test_a_stopped_replica_is_as_late_as_it_stood(self):
        plan = {"backfill.duration": 30.0, "replica.lag.max{replica=s}": 0, "replay.utilization{replica=s}": 0.5}
        found = baselines.lag(plan, known(blocked_for=12.0, blocked_at=4.0))
        self.assertEqual(found, {"peak lag": 12, "time of the peak": 16, "drain": 0})

    def test_regression_finds_a_power_law_that_it_has_not_seen(self):
        data = {"live": {}, "predicted": {}, "facts": {}}
        rng = random.Random(1)
        for number in range(20):
            rows, batch = rng.uniform(1e5, 2e6), rng.uniform(200, 9000)
            data["facts"][str(number)] = known(rows=rows, batch=batch)
            data["live"][str(number)] = [outcome(**{"backfill.duration": 1e-3 * rows / batch**0.5})]
            data["predicted"][str(number)] = outcome()
        found = baselines.regression(data)
        errors = [cell.error_of(found[cell.scenario, "duration"]) for cell in metrics.scored(data)]
        self.assertEqual(len(errors), 20)
        self.assertLess(sorted(errors)[10], 0.05)
        one = {key: {"0": data[key]["0"]} for key in data}
        self.assertEqual(baselines.regression(one), {})
        self.assertAlmostEqual(baselines.regression(one, data)["0", "duration"] / found["0", "duration"], 1, places=1)
        # Its own value does not reach a scenario's prediction.
        data["live"]["0"] = [outcome(**{"backfill.duration": 1e6})]
        self.assertEqual(baselines.regression(data)["0", "duration"], found["0", "duration"])

    def test_the_last_value_is_that_of_the_file_before_scaled_by_rows(self):
        data = {
            "order": ["z", "a"], "facts": {"z": known(), "a": known(rows=600_000.0)},
            "live": {"z": [outcome(**{"backfill.duration": 20})], "a": [outcome(**{"backfill.duration": 50})]},
            "predicted": {"z": outcome(), "a": outcome()}}
        self.assertEqual(baselines.scaled_last(data), {("a", "duration"): 40})


class Scenarios(unittest.TestCase):
    def test_values_are_read_with_their_units(self):
        for text, expected in {"60ms": 0.06, "1.2k/s": 1200, "90/min": 1.5, "35%": 0.35, "2MiB": 2**21, "17": 17}.items():
            self.assertAlmostEqual(facts.number(text), expected)
        self.assertIsNone(facts.number("none"))

    def test_a_class_is_read_from_what_plan_resolved(self):
        resolved = {
            "traffic.w.rate": "100/s", "traffic.w.statements[0].kind": "select", "traffic.w.statements[0].rows": "1",
            "traffic.w.statements[1].kind": "update", "traffic.w.statements[1].rows": "3", "database.rtt": "1ms",
            "database.storage.write_latency": "5ms", "events[0].at": "2s", "events[0].for": "9s", "events[0].do": "replica_stop"}
        found = facts.read(resolved, ["--replica-cpu", "12%"])
        self.assertEqual((facts.rate(found), facts.written(found)), (100, 300))
        self.assertAlmostEqual(found["classes"]["w"]["unloaded"], 4 * 0.001 + 0.005)
        self.assertEqual((found["blocked_at"], found["blocked_for"], found["replica_cpu"]), (2, 9, 0.12))

    def test_the_sealed_space_holds_every_trait_and_enough_lags_and_waits(self):
        for seed in ("one", "two", "three"):
            drawn = space.draw(seed, 12)
            text = " ".join(body for body, _ in drawn.values())
            flags = " ".join(flag for _, flags in drawn.values() for flag in flags)
            for trait in ("replica_stop", "replica_query", "recovery_min_apply_delay", "checkpoint_timeout", "autovacuum",
                          "long_transaction", "shared_buffers"):
                self.assertIn(trait, text)
            self.assertIn("--iops", flags)
            self.assertIn("--replica-cpu", flags)
            lags = [name for name, (body, flags) in drawn.items() if "--replica-cpu" in flags or any(
                word in body for word in ("replica_stop", "replica_query", "apply_delay"))]
            self.assertEqual(len(lags), 8)
            held = [body for body, _ in drawn.values() if int(body.partition("batch: {rows: ")[2].partition("}")[0]) >= 15_000]
            self.assertEqual(len(held), 8)
            self.assertEqual(drawn, space.draw(seed, 12))
            self.assertTrue(all(body.count("{") == body.count("}") for body, _ in drawn.values()))

    def test_flags_of_live_stand_beside_a_variant(self):
        found = cells.variants(os.path.join(cells.HERE, "development.yaml"))
        self.assertEqual((found["base"], found["iops-limit"]), ([], ["--iops", "300"]))
        self.assertGreater(len(found), 24)

    def test_a_replica_with_a_share_of_a_core_replays_and_receives_that_much_more_slowly(self):
        costs = {
            "database.costs.replay_record": "600ns", "database.costs.replay_image": "3us", "database.costs.ship": "300us"}
        slower = cells.slower(["--replica-cpu", "12%"], costs)
        self.assertEqual(slower, [
            "database.costs.replay_record=5000ns", "database.costs.replay_image=25000ns",
            "database.costs.ship=1766667ns"])
        self.assertEqual(cells.slower(["--iops", "300"], costs), [])
        self.assertEqual(cells.assignments(slower[:1] + ["database.costs.replay_record=0us"]), [
            "--set", "database.costs.replay_record=0us"])


class Runs(unittest.TestCase):
    def test_only_noisy_scenarios_are_repeated_up_to_seven_times(self):
        outcomes = {"base": itertools.repeat(20.0), "noisy": itertools.cycle([10.0, 30.0])}

        def play(arguments):
            name = arguments[arguments.index("--variant") + 1] if "--variant" in arguments else "base"
            return {"complete": True, "metrics": {"backfill.duration": {"n": 1, "value": next(outcomes[name])}}}

        with tempfile.TemporaryDirectory() as folder:
            scenarios = os.path.join(folder, "s.yaml")
            with open(scenarios, "w") as file:
                file.write("version: 1\nvariants:\n  noisy: {}\n")
            options = argparse.Namespace(
                scenarios=scenarios, cells=os.path.join(folder, "c.json"), calibration="none", only=None, again=False,
                repeats=3, most=7, trials=1, minutes=None)
            with mock.patch.object(fidelity, "play", play), mock.patch.object(
                    fidelity, "plan", lambda *_: ({}, known(), [])), mock.patch.object(
                    fidelity, "simulated", lambda *_: outcome(**{"backfill.duration": 20})), mock.patch("sys.stderr"):
                fidelity.run(options)
            data = cells.Cells(options.cells).data
        self.assertEqual({name: len(runs) for name, runs in data["live"].items()}, {"base": 3, "noisy": 7})
        self.assertEqual(metrics.noisy_scenarios(data), [])
        text = report.table(data, "Title")
        self.assertIn("(undecidable)", text)


class Tables(unittest.TestCase):
    def test_a_baseline_without_predictions_is_not_beaten(self):
        self.assertEqual(report.beaten(["better"] * 3, True), "met")
        self.assertEqual(report.beaten(["better", "same", "better"], True), "missed")
        self.assertEqual(report.beaten(["better", "same", "same"], False), "met")
        self.assertEqual(report.beaten(["same", "worse", "same"], False), "missed")
        self.assertEqual(report.beaten(["better", "better"], True), "open")

    def test_cells_without_facts_are_still_read(self):
        old = {"live": {"a": [outcome(**{"backfill.duration": 20, P99: 0.1})]}, "planned": {"a": {"backfill.duration": 25}},
               "predicted": {"a": outcome(**{"backfill.duration": 22, P99: 0.1})}}
        text = report.table(old, "Title")
        self.assertIn("| duration | 1 | 10.0 % |", text)
        self.assertIn("25.0 %, 25.0 %", text)

    def test_an_ablation_shows_the_error_without(self):
        data = {"live": {"a": [outcome(**{"backfill.duration": 20})]}, "predicted": {"a": outcome(**{"backfill.duration": 21})}}
        without = {"a": outcome(**{"backfill.duration": 30})}
        self.assertEqual(ablation.moved(data, without, ["a"], "duration"), "5.0 % → 50.0 % (42.9 %)")
        values = {"rtt": {"value": 1, "quantiles": {"0.5": 1}}}
        self.assertEqual(ablation.without_quantiles(values), {"rtt": {"value": 1}})


if __name__ == "__main__":
    unittest.main()
