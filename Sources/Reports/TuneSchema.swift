/// The JSON Schema of `rehearse.tune/1`.
package enum TuneSchema {
  package static let tune = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "rehearse.tune/1",
      "title": "The fastest setting that passes the gates",
      "type": "object",
      "required": ["schema", "name", "seed", "objective", "complete", "verdict", "front", "outside",
                   "evaluated", "points", "exclusions"],
      "properties": {
        "schema": {"const": "rehearse.tune/1"},
        "name": {"type": "string"},
        "seed": {"type": "integer", "minimum": 0},
        "objective": {"enum": ["min_duration", "min_impact", "max_headroom"]},
        "complete": {"type": "boolean", "description": "False where it was stopped before its end."},
        "verdict": {"enum": ["pass", "fail", "inconclusive", "none"],
                    "description": "fail: no setting of the space meets every gate."},
        "recommended": {"$ref": "#/$defs/choice"},
        "front": {"type": "array", "items": {"$ref": "#/$defs/choice"},
                  "description": "Not beaten in both duration and the application's p99."},
        "outside": {"type": "array", "items": {"$ref": "#/$defs/point"},
                    "description": "Faster, but missing a gate; the nearest first."},
        "evaluated": {
          "type": "object",
          "required": ["points", "trials", "events"],
          "properties": {
            "points": {"$ref": "#/$defs/count"},
            "trials": {"$ref": "#/$defs/count"},
            "events": {"$ref": "#/$defs/count"},
            "confirming_trials": {"$ref": "#/$defs/count"},
            "confirming_events": {"$ref": "#/$defs/count"},
            "combinations": {"$ref": "#/$defs/count"},
            "pruned": {"$ref": "#/$defs/count"},
            "screened": {"$ref": "#/$defs/count"},
            "gridded": {"$ref": "#/$defs/count"},
            "unfinished": {"$ref": "#/$defs/count"}
          }
        },
        "points": {"type": "array", "items": {"$ref": "#/$defs/point"},
                   "description": "Every point played, in the order of the search."},
        "shadow_price": {
          "type": "object",
          "description": "What relaxing the binding gate's limit by a share saves of the duration.",
          "required": ["gate", "relaxed", "gain"],
          "properties": {
            "gate": {"type": "string"},
            "relaxed": {"type": "number"},
            "settings": {"$ref": "#/$defs/settings"},
            "gain": {"type": "number"}
          }
        },
        "exclusions": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["gate", "points", "settings", "limit"],
            "properties": {
              "gate": {"type": "string"},
              "points": {"$ref": "#/$defs/count"},
              "settings": {"$ref": "#/$defs/settings"},
              "value": {"$ref": "#/$defs/number"},
              "limit": {"type": "number"},
              "excess": {"$ref": "#/$defs/number"}
            }
          }
        },
        "headroom": {
          "type": "object",
          "required": ["factor"],
          "properties": {
            "factor": {"type": "number", "description": "Of the traffic, every gate met."},
            "gate": {"type": "string", "description": "Missed first beyond it."}
          }
        },
        "start_times": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["at_s", "feasible"],
            "properties": {
              "at_s": {"type": "number", "description": "Since midnight."},
              "duration_s": {"$ref": "#/$defs/number"},
              "latency_p99_s": {"$ref": "#/$defs/number"},
              "feasible": {"type": "boolean"},
              "gate": {"type": "string"},
              "excess": {"$ref": "#/$defs/number"}
            }
          }
        },
        "sensitivity": {
          "type": "array",
          "description": "From 20 % less to 20 % more of one input; the largest effect first.",
          "items": {
            "type": "object",
            "required": ["path", "written"],
            "properties": {
              "path": {"type": "string"},
              "written": {"type": "boolean", "description": "False: a default."},
              "duration_change": {"$ref": "#/$defs/number"},
              "margin_change": {"$ref": "#/$defs/number",
                                "description": "Of the tightest gate's value, in its limit."},
              "breaks": {"type": "string", "description": "The gate missed at the worse end."}
            }
          }
        },
        "bounds": {
          "type": "object",
          "description": "The bounds on the batch by arithmetic, as in rehearse.plan/1."
        }
      },
      "$defs": {
        "number": {"type": ["number", "null"]},
        "count": {"type": "integer", "minimum": 0},
        "settings": {"type": "object", "additionalProperties": {"type": "string"}},
        "choice": {
          "type": "object",
          "required": ["settings", "metrics"],
          "properties": {
            "settings": {"$ref": "#/$defs/settings"},
            "metrics": {"type": "object", "additionalProperties": {"$ref": "#/$defs/metric"}},
            "confidence": {
              "type": "object",
              "required": ["share", "level", "trials", "passed", "confirmed", "statement"],
              "properties": {
                "share": {"type": "number"},
                "level": {"type": "number"},
                "trials": {"$ref": "#/$defs/count"},
                "passed": {"$ref": "#/$defs/count"},
                "confirmed": {"type": "boolean"},
                "statement": {"type": "string"}
              }
            },
            "binding": {
              "type": "object",
              "required": ["kind", "statement"],
              "properties": {
                "kind": {"enum": ["gate", "space", "resource"]},
                "gate": {"type": "string"},
                "path": {"type": "string"},
                "statement": {"type": "string"}
              }
            },
            "batch_share": {"type": "number",
                            "description": "Of the largest batch that met the gates."}
          }
        },
        "point": {
          "type": "object",
          "required": ["settings", "trials", "feasible"],
          "properties": {
            "settings": {"$ref": "#/$defs/settings"},
            "duration_s": {"$ref": "#/$defs/number"},
            "latency_p99_s": {"$ref": "#/$defs/number"},
            "trials": {"$ref": "#/$defs/count"},
            "feasible": {"type": "boolean"},
            "gate": {"type": "string", "description": "Missed most."},
            "excess": {"$ref": "#/$defs/number"}
          }
        },
        "metric": {
          "type": "object",
          "required": ["unit", "value", "n"],
          "properties": {
            "unit": {"type": "string"},
            "value": {"$ref": "#/$defs/number"},
            "low": {"$ref": "#/$defs/number"},
            "high": {"$ref": "#/$defs/number"},
            "n": {"$ref": "#/$defs/count"},
            "predicted_low": {"$ref": "#/$defs/number"},
            "predicted_high": {"$ref": "#/$defs/number"}
          }
        }
      }
    }

    """
}
