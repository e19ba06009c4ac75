/// The JSON Schemas of what is written, as `schema NAME` prints them.
///
/// Keys may be added within /1; readers ignore those they do not know.
package enum RunSchema {
  package static let run = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "rehearse.run/1",
    \(ofRun)
      "$defs": {
    \(definitions)
      }
    }

    """

  private static let ofRun = """
      "title": "One simulated or live run",
      "type": "object",
      "required": ["schema", "world", "model_version", "seed", "scenario", "complete", "censored",
                   "gates", "verdict", "metrics"],
      "properties": {
        "schema": {"const": "rehearse.run/1"},
        "world": {"enum": ["simulated", "live"]},
        "model_version": {"type": "integer"},
        "seed": {"type": "integer", "minimum": 0},
        "trials": {"type": "integer", "minimum": 0},
        "name": {"type": "string"},
        "versions": {"type": "object", "additionalProperties": {"type": "string"}},
        "host": {
          "type": "object",
          "required": ["os", "arch", "cpus", "memory_bytes"],
          "properties": {
            "os": {"type": "string"},
            "arch": {"type": "string"},
            "cpus": {"type": "integer"},
            "memory_bytes": {"type": "integer"}
          }
        },
        "assurance": {"type": "number", "minimum": 0, "maximum": 1},
        "scenario": {
          "type": "array",
          "description": "Resolved: every default made explicit, in the order of the file's schema.",
          "items": {
            "type": "object",
            "required": ["path", "value", "origin"],
            "properties": {
              "path": {"type": "string"},
              "value": {"type": "string"},
              "origin": {"type": "string"}
            }
          }
        },
        "warnings": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}}
          }
        },
        "complete": {"type": "boolean", "description": "False where the run was interrupted."},
        "censored": {"type": "boolean", "description": "The horizon ended a trial."},
        "trace_hash": {"type": ["string", "null"]},
        "verdict": {"enum": ["pass", "fail", "inconclusive", "none"]},
        "gates": {"type": "array", "items": {"$ref": "#/$defs/gate"}},
        "metrics": {"type": "object", "additionalProperties": {"$ref": "#/$defs/metric"}},
        "calibration": {
          "type": "object",
          "description": "What the costs were measured on, and how far the scenario leaves it.",
          "properties": {
            "path": {"type": "string"},
            "engine": {"type": "string"},
            "version": {"type": "string"},
            "model_version": {"type": "integer"},
            "created": {"type": "string"},
            "cores": {"type": "integer"},
            "extrapolation": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["dimension", "factor", "reach", "beyond_reach"],
                "properties": {
                  "dimension": {"type": "string"},
                  "factor": {"type": "number"},
                  "reach": {"type": "number", "minimum": 1},
                  "beyond_reach": {"type": "boolean"}
                }
              }
            }
          }
        },
        "driver": {
          "type": "object",
          "description": "Of a live run: what driving and observing it cost; times in seconds.",
          "properties": {
            "transactions": {"type": "integer", "minimum": 0},
            "schedule_lag_p50_s": {"type": "number"},
            "schedule_lag_p99_s": {"type": "number"},
            "schedule_lag_max_s": {"type": "number"},
            "driver_cpu_s": {"type": "number"},
            "observations": {"type": "integer", "minimum": 0},
            "observer_cpu_s": {"type": "number"},
            "length_s": {"type": "number"},
            "planned_s": {"type": "number"}
          }
        },
        "course": {
          "type": "object",
          "description": "Over time, in equal steps counted from the backfill's start.",
          "required": ["start_s", "step_s", "columns"],
          "properties": {
            "start_s": {"type": "number"},
            "step_s": {"type": "number"},
            "columns": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "unit", "middle"],
                "properties": {
                  "name": {"type": "string"},
                  "unit": {"type": "string"},
                  "middle": {"type": "array", "items": {"$ref": "#/$defs/number"},
                             "description": "Median over trials."},
                  "low": {"type": "array", "items": {"$ref": "#/$defs/number"},
                          "description": "5% quantile over trials."},
                  "high": {"type": "array", "items": {"$ref": "#/$defs/number"},
                           "description": "95% quantile over trials."}
                }
              }
            }
          }
        },
        "batch": {
          "type": "object",
          "description": "How large a batch may be, by closed forms; no rows where nothing limits.",
          "required": ["workers", "iops", "by_workers", "by_iops"],
          "properties": {
            "rows": {"$ref": "#/$defs/number"},
            "workers": {"type": "integer"},
            "iops": {"type": "number"},
            "by_workers": {"type": "array", "items": {"$ref": "#/$defs/bounds"}},
            "by_iops": {"type": "array", "items": {"$ref": "#/$defs/bounds"}}
          }
        },
        "samples": {
          "type": "object",
          "description": "Trial by trial, in their order, for paired comparisons.",
          "required": ["metrics", "gates"],
          "properties": {
            "metrics": {"type": "object", "additionalProperties": {"$ref": "#/$defs/samples"}},
            "gates": {"type": "object", "additionalProperties": {"$ref": "#/$defs/samples"}}
          }
        }
      },
    """

  private static let definitions = """
        "number": {"type": ["number", "null"]},
        "bounds": {
          "type": "object",
          "required": ["at", "bounds"],
          "properties": {
            "at": {"type": "number"},
            "bounds": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["reason", "words", "limit"],
                "properties": {
                  "reason": {"type": "string"},
                  "words": {"type": "string"},
                  "limit": {"type": "string"},
                  "rows": {"$ref": "#/$defs/number"}
                }
              }
            }
          }
        },
        "samples": {
          "type": "array",
          "items": {"type": ["number", "null", "string"],
                    "description": "The word infinite for what did not end."}
        },
        "gate": {
          "type": "object",
          "required": ["id", "verdict", "level"],
          "properties": {
            "id": {"type": "string"},
            "metric": {"type": "string"},
            "expect": {"type": "string"},
            "larger_is_worse": {"type": "boolean"},
            "verdict": {"enum": ["pass", "fail", "inconclusive"]},
            "value": {"$ref": "#/$defs/number"},
            "low": {"$ref": "#/$defs/number"},
            "high": {"$ref": "#/$defs/number"},
            "n": {"type": "integer", "minimum": 0},
            "trials_passed": {"type": ["integer", "null"]},
            "limit": {"$ref": "#/$defs/number"},
            "margin": {"$ref": "#/$defs/number"},
            "first_breach_s": {"$ref": "#/$defs/number"},
            "level": {"enum": ["error", "warn", "off"]}
          }
        },
        "metric": {
          "type": "object",
          "required": ["unit", "value", "n"],
          "properties": {
            "unit": {"type": "string"},
            "value": {"$ref": "#/$defs/number", "description": "Mean over trials."},
            "low": {"$ref": "#/$defs/number", "description": "Its 95% interval."},
            "high": {"$ref": "#/$defs/number"},
            "n": {"type": "integer", "minimum": 0},
            "predicted_low": {"$ref": "#/$defs/number",
                              "description": "90% interval for one future execution."},
            "predicted_high": {"$ref": "#/$defs/number"}
          }
        }
    """

  package static let runs = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "rehearse.runs/1",
      "title": "Several runs",
      "type": "object",
      "required": ["schema", "runs"],
      "properties": {
        "schema": {"const": "rehearse.runs/1"},
        "runs": {"type": "array", "items": {"$ref": "#/$defs/run"}},
        "baselines": {
          "description": "What ci found beside saved baselines, by scenario.",
          "type": "array",
          "items": {
            "type": "object",
            "required": ["scenario", "baseline", "paired", "regression", "rows", "changes"],
            "properties": {
              "scenario": {"type": "string"},
              "baseline": {"type": "string"},
              "paired": {"type": "boolean"},
              "regression": {"type": "boolean"},
              "rows": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["name", "unit", "worse"],
                  "properties": {
                    "name": {"type": "string"},
                    "unit": {"type": "string"},
                    "before": {"type": "number"},
                    "after": {"type": "number"},
                    "low": {"type": "number"},
                    "high": {"type": "number"},
                    "worse": {"type": "boolean"}
                  }
                }
              },
              "changes": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["path", "line"],
                  "properties": {
                    "path": {"type": "string"},
                    "before": {"type": "string"},
                    "after": {"type": "string"},
                    "line": {"type": "integer", "minimum": 0}
                  }
                }
              }
            }
          }
        }
      },
      "$defs": {
        "run": {
    \(ofRun.dropLast())
        },
    \(definitions)
      }
    }

    """

  package static let error = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "rehearse.error/1",
      "title": "Why there is no result",
      "type": "object",
      "required": ["schema", "exit_code", "message", "problems"],
      "properties": {
        "schema": {"const": "rehearse.error/1"},
        "exit_code": {"type": "integer"},
        "message": {"type": "string"},
        "help": {"type": "string"},
        "problems": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["code", "severity", "message", "path", "line", "column"],
            "properties": {
              "code": {"type": "string"},
              "severity": {"enum": ["error", "warning", "note"]},
              "message": {"type": "string"},
              "hint": {"type": "string"},
              "path": {"type": "string"},
              "line": {"type": "integer"},
              "column": {"type": "integer"}
            }
          }
        }
      }
    }

    """
}
