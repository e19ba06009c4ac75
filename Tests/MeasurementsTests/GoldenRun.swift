/// The document of two trials, one of which has no lag, as it was first released.
let goldenRun = """
  {
    "assurance" : 0.9,
    "censored" : false,
    "complete" : true,
    "gates" : [
      {
        "expect" : "<= deadline",
        "first_breach_s" : null,
        "high" : null,
        "id" : "deadline",
        "larger_is_worse" : true,
        "level" : "error",
        "limit" : 100,
        "low" : 10,
        "margin" : 88,
        "metric" : "backfill.duration",
        "n" : 2,
        "trials_passed" : 2,
        "value" : 12,
        "verdict" : "inconclusive"
      }
    ],
    "host" : {
      "arch" : "x86_64",
      "cpus" : 2,
      "memory_bytes" : 17179869184,
      "os" : "Linux"
    },
    "metrics" : {
      "backfill.duration" : {
        "high" : 23.70620473617468,
        "low" : 0,
        "n" : 2,
        "predicted_high" : 21.935738409782104,
        "predicted_low" : 0.06426159021789424,
        "unit" : "s",
        "value" : 11
      },
      "replica.lag.max{replica=a}" : {
        "high" : null,
        "low" : null,
        "n" : 1,
        "predicted_high" : null,
        "predicted_low" : null,
        "unit" : "s",
        "value" : 0.1
      }
    },
    "model_version" : 1,
    "name" : "orders/status \\"v2\\"",
    "scenario" : [
      {
        "origin" : "file:3:5",
        "path" : "strategy.workers",
        "value" : "2"
      },
      {
        "origin" : "--set",
        "path" : "run.seed",
        "value" : "7"
      }
    ],
    "schema" : "rehearse.run/1",
    "seed" : 18446744073709551615,
    "trace_hash" : "4c31a360330734bd",
    "trials" : 2,
    "verdict" : "inconclusive",
    "versions" : {
      "rehearse" : "0.1.0",
      "swift" : "6.3"
    },
    "warnings" : [
      {
        "code" : "RH0001",
        "message" : "Näh"
      }
    ],
    "world" : "simulated"
  }
  """
